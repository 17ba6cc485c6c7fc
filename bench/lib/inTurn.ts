/** The same things in another order every round, so that none always comes after the same one. */
export function inTurn<T>(things: readonly T[], round: number): T[] {
  const first = round % things.length;
  return [...things.slice(first), ...things.slice(0, first)];
}
