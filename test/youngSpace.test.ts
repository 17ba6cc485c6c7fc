import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "@jest/globals";

/** Holds on to much for a moment, again and again, and says how large the space for young objects is then. */
const CHURN = `
  let held = [];
  for (let turn = 0; turn < 300; turn++) {
    held = Array.from({ length: 20_000 }, (_, i) => ({ i, list: [i] }));
    await new Promise(setImmediate);
  }
  const { getHeapSpaceStatistics } = await import("node:v8");
  const spaces = getHeapSpaceStatistics();
  console.log(spaces.find(({ space_name }) => space_name === "new_space").space_size);`;

async function sizeAfter(before: string): Promise<number> {
  const code = ["--input-type=module", "--eval", before + CHURN];
  const { stdout } = await promisify(execFile)(process.execPath, code);
  return Number(stdout) / 1024 / 1024;
}

it("stays small under a load that V8 would let it grow with", async () => {
  const module = new URL("../src/youngSpace.ts", import.meta.url);
  const kept = `const { keepYoungSpaceSmall } = await import("${module}"); keepYoungSpaceSmall();`;
  expect(await sizeAfter(kept)).toBeLessThanOrEqual(16);
  expect(await sizeAfter("")).toBeGreaterThan(16);
});
