import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "@jest/globals";
import { keyring } from "../support/keyring.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes, after a full collection. */
function heap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

/** Each sign-in has a cookie of its own name, and strangers send such cookies under any name. */
it("keeps nothing of a purpose that was named once", () => {
  const ring = keyring("k1");
  const use = (i: number) => ring.unseal(ring.seal(Buffer.from("x"), `cookie/${i}`), `cookie/${i}`);
  for (let i = 0; i < 1_000; i++) use(i);
  const before = heap();
  for (let i = 1_000; i < 21_000; i++) use(i);
  expect((heap() - before) / 20_000).toBeLessThan(50);
});
