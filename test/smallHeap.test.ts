import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "@jest/globals";

/** Holds on to much for a moment, again and again, and says how large the heap becomes. */
const CHURN = `
  const held = [];
  let largest = 0;
  const { getHeapStatistics } = await import("node:v8");
  for (let turn = 0; turn < 600; turn++) {
    held[turn % 2] = Array.from({ length: 20_000 }, (_, i) => ({ i, list: [i] }));
    largest = Math.max(largest, getHeapStatistics().total_physical_size);
    await new Promise(setImmediate);
  }
  console.log(largest);`;

async function largestAfter(before: string): Promise<number> {
  const code = ["--input-type=module", "--eval", before + CHURN];
  const { stdout } = await promisify(execFile)(process.execPath, code);
  return Number(stdout);
}

it("takes less memory under a load that V8 would let the heap grow with", async () => {
  const module = new URL("../src/smallHeap.ts", import.meta.url);
  const kept = `const { keepHeapSmall } = await import("${module}"); keepHeapSmall();`;
  const [small, large] = [await largestAfter(kept), await largestAfter("")];
  expect(small).toBeLessThan(0.7 * large);
});
