/** Twilio's webhooks, which are forms (https://www.twilio.com/docs/messaging/guides/webhook-request). */
import type { MakeSample } from "./sample.ts";

const sample =
  (status: string, more: Record<string, string>): MakeSample =>
  (ids) => {
    const sid = `SM${ids.hex("message", 32)}`;
    return {
      headers: {
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        "user-agent": "TwilioProxy/1.1",
        "i-twilio-idempotency-token": ids.uuid("delivery"),
      },
      form: {
        AccountSid: `AC${ids.hex("account", 32)}`,
        ApiVersion: "2010-04-01",
        From: "+14158675310",
        To: "+18005551212",
        MessageSid: sid,
        SmsSid: sid,
        SmsStatus: status,
        ...more,
      },
    };
  };

export const twilioSamples: Readonly<Record<string, MakeSample>> = {
  received: sample("received", { Body: "Is the storefront up?", NumMedia: "0", NumSegments: "1" }),
  undelivered: sample("undelivered", { MessageStatus: "undelivered", ErrorCode: "30003" }),
};
