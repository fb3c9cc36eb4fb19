/** What to do about a session that can't be trusted with an event, told wherever its state is shown. */
export const DEAF_CURE =
  "events sent to it did not reach its conversation; type something in that session, or restart it with `claude` in its folder (`npm run doctor` checks the plugin and its hooks)";

export const AWAY_CURE = "its plugin lost the link; it is waited for until its grace is over";

export const NO_WAITER_CURE =
  "no waiter of its hooks is attached; type something in that session, and check with `npm run doctor` that the plugin is installed";

/** What to do about an event whose content the store can't give, or that can't be rendered. */
export const UNREADABLE_CURE =
  "what was stored of it is damaged; have its sender send it again, or restore the store from a backup (`npm run events` lists it)";
