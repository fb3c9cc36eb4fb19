/** What the server has to do again and again, and what its worker and the server say to each other about it. */

/**
 * Does what is due. When it is to be done next, Unix ms; null: with the worker's next beat. Rejects where it could not. Once it is
 * told that the server is `leaving` it begins nothing more: what is due stays due.
 */
export type Duty = (leaving: AbortSignal) => Promise<number | null>;

/** A worker says that it is time. */
export const TIME = "time";

/** The server tells a worker in how many milliseconds it will be time again; null: with its next beat. */
export interface NextTime {
  inMs: number | null;
}
