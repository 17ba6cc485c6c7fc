import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "@jest/globals";

/** Holds on to much for a moment, again and again, and says how large the space for young objects becomes. */
const CHURN = `
  const held = [];
  let largest = 0;
  const { getHeapSpaceStatistics } = await import("node:v8");
  const young = () => getHeapSpaceStatistics().find((one) => one.space_name === "new_space");
  for (let turn = 0; turn < 600; turn++) {
    held[turn % 2] = Array.from({ length: 20_000 }, (_, i) => ({ i, list: [i] }));
    largest = Math.max(largest, young().space_size);
    await new Promise(setImmediate);
  }
  console.log(largest);`;

async function largestAfter(before: string): Promise<number> {
  const code = ["--input-type=module", "--eval", before + CHURN];
  const { stdout } = await promisify(execFile)(process.execPath, code);
  return Number(stdout);
}

it("leaves less to young objects than V8 would, and least of all when the load leaves the process time", async () => {
  const module = new URL("../src/smallHeap.ts", import.meta.url);
  /** @param share Of each second. */
  const kept = (share: number) =>
    largestAfter(`
      let seconds = 0;
      const used = () => ({ wall: 1_000 * ++seconds, cpu: ${1_000 * share} * seconds });
      (await import("${module}")).keepHeapSmall(used);`);
  const [mostly, busy, unkept] = [await kept(0.1), await kept(0.9), await largestAfter("")];
  expect(mostly).toBeLessThan(busy);
  expect(busy).toBeLessThan(unkept);
});
