/** What became of the events of a whole run, in one line. */
export interface Outcome {
  accepted: number;
  acked: number;
  lost: number;
  /** Events for which more than one ack was committed. */
  doubled: number;
  outOfOrder: number;
  /** Times that an event was shown beyond its first. */
  shownAgain: number;
}

export const hasThreeZeros = ({ lost, doubled, outOfOrder }: Outcome): boolean =>
  lost === 0 && doubled === 0 && outOfOrder === 0;

export const outcomeLine = ({ accepted, acked, lost, doubled, outOfOrder, shownAgain }: Outcome): string =>
  `${accepted} accepted, ${acked} acked, ${lost} lost, ${doubled} doubled, ${outOfOrder} out of order, ${shownAgain} shown again`;
