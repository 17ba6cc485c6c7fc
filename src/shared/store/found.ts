/** Whether tokens were there. Undefined: an answer was lost, so that nobody can tell. */
export type Found = boolean | undefined;

/** For the log, where nobody can tell. */
export const UNSURE = "unsure";

/** Whether one of two deletions found any. */
export function eitherFound(one: Found, other: Found): Found {
  if (one || other) return true;
  return one === false ? other : undefined;
}
