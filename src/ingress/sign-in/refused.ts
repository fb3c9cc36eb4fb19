/** A sign-in that fails as it should: told outside as nothing but a failure, and in the log with its reason. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly detail: string | undefined;

  constructor(reason: string, detail?: string) {
    super(reason);
    this.detail = detail;
  }
}
