/** Faults that change nothing which anybody could tell, and why. `npm run mutate` expects them to survive. */
export const SURVIVORS: readonly {
  readonly file: string;
  /** The lines with the fault in them, before and after. */
  readonly from: string;
  readonly to: string;
  readonly why: string;
}[] = [];
