import { beforeAll, it } from "@jest/globals";

/** Milliseconds for a case: they slow each other down. */
const PATIENCE_MS = 120_000;

/**
 * A table of cases that mostly wait: all of them run at the same time, and each is a test of its own. What they
 * share has to stand it.
 */
export function itAtOnce<Case>(
  name: string,
  cases: readonly Case[],
  run: (one: Case) => Promise<void>,
): void {
  let runs: Promise<void>[] = [];
  beforeAll(() => {
    runs = cases.map(run);
    for (const one of runs) one.catch(() => {});
  });
  it.each(cases.map((one, index) => ({ one, index })))(
    name,
    ({ index }) => runs[index],
    PATIENCE_MS,
  );
}
