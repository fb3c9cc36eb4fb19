/** Where the user sits. */
export interface Desktop {
  /** Shows a notification, if it can; what it says is shown as it is. Never throws. */
  notify(title: string, text: string): void;
}
