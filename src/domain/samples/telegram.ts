/** Updates of Telegram's Bot API, abridged (https://core.telegram.org/bots/api#update). */
import type { MakeSample } from "./sample.ts";

const from = { id: 47_110_815, is_bot: false, first_name: "Mona", username: "mona", language_code: "en" };

export const telegramSamples: Readonly<Record<string, MakeSample>> = {
  message: (ids, nowMs) => ({
    headers: { "content-type": "application/json" },
    payload: {
      update_id: ids.number("update", 9),
      message: {
        message_id: ids.number("message", 4),
        from,
        chat: { id: from.id, first_name: "Mona", type: "private" },
        date: Math.floor(nowMs / 1000),
        text: "Is the storefront up?",
      },
    },
  }),
  callback_query: (ids) => ({
    headers: { "content-type": "application/json" },
    payload: {
      update_id: ids.number("update", 9),
      callback_query: {
        id: String(ids.number("query", 15)),
        from,
        data: "deploy:storefront",
        chat_instance: "1",
      },
    },
  }),
};
