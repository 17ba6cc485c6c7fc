import { setImmediate } from "node:timers/promises";
import { expect, it } from "@jest/globals";
import { StoreUnavailable } from "../../src/shared/base/errors.ts";
import { beginRound } from "../../src/shared/store/rounds.ts";
import { memoryStore } from "./samples.ts";

it.each([
  [0, [5, 10, 20, 40, 80, 160, 320, 320]],
  [128, [3.75, 7.5, 15, 30, 60, 120, 240, 240]],
])(
  "rounds are apart by pauses that grow, less a share by chance (%i of 256)",
  async (byte, pauses) => {
    const slept: number[] = [];
    const store = {
      ...memoryStore(),
      randomBytes: (count: number) => Buffer.alloc(count, byte),
      sleep: async (milliseconds: number) => {
        await setImmediate();
        slept.push(milliseconds);
      },
    };
    for (let round = 0; round < 24; round++) await beginRound(store, round);
    expect(slept.slice(0, 8)).toEqual(pauses);
    expect(slept).toHaveLength(23);
    await expect(beginRound(store, 24)).rejects.toThrow(StoreUnavailable);
  },
);
