import { expect, it } from "@jest/globals";
import type { Generation, PartitionKey } from "../../src/shared/rows/keys.ts";
import { Refreshes } from "../../src/shared/session/refreshes.ts";
import type { SessionRead } from "../../src/shared/store/accounts.ts";

const refreshes = () => new Refreshes();
const NOW = 1_800_000_000_000;
const place = { partition: "a.1" as PartitionKey, generation: "g" as Generation };
const session = (i: number) => ({ ...place, sessionId: `${i}` });

it("the last thousand versions that were written over are remembered", () => {
  const version = (i: number) => {
    const bytes = Buffer.alloc(32);
    bytes.writeUInt32BE(i, 20);
    return { entry: { segment: { bytes } } } as unknown as SessionRead;
  };
  const own = refreshes();
  for (let i = 0; i <= 1_000; i++) own.replaced(version(i));
  const known = [0, 1, 2, 1_000, 1_001].map((i) => own.hasReplaced(version(i)));
  expect(known).toEqual([false, true, true, true, false]);
});

it("the last ten thousand sessions whose grant was not confirmed are remembered, for a minute", () => {
  const own = refreshes();
  for (let i = 0; i < 10_000; i++) own.failed(session(i), i, NOW);
  own.failed(session(0), "again", NOW);
  own.failed(session(10_000), "last", NOW);
  const known = [0, 1, 2, 10_000].map((i) => own.failureOf(session(i), NOW));
  expect(known).toEqual(["again", undefined, 2, "last"]);
  expect(own.failureOf(session(2), NOW + 59_999)).toBe(2);
  expect(own.failureOf(session(2), NOW + 60_000)).toBeUndefined();
});
