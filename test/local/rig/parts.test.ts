import { expect, it } from "@jest/globals";
import { Parts } from "../../../local/parts.ts";

function part(name: string, stopped: string[], stop = async () => {}) {
  return {
    name,
    async stop() {
      await stop();
      stopped.push(name);
    },
  };
}

it("stops the last one first, and each once", async () => {
  const stopped: string[] = [];
  const parts = new Parts();
  for (const name of ["a", "b", "c"]) await parts.add(Promise.resolve(part(name, stopped)));
  await parts.stop();
  await parts.stop();
  expect(stopped).toEqual(["c", "b", "a"]);
});

it("stops what is still starting, and passes over what failed to", async () => {
  const stopped: string[] = [];
  const { promise, resolve } = Promise.withResolvers<ReturnType<typeof part>>();
  const parts = new Parts();
  void parts.add(promise);
  parts.add(Promise.reject(new Error("no"))).catch(() => {});
  const stopping = parts.stop();
  resolve(part("late", stopped));
  await stopping;
  expect(stopped).toEqual(["late"]);
});

it("stops the others when one fails to stop, and says so", async () => {
  const stopped: string[] = [];
  const parts = new Parts();
  await parts.add(Promise.resolve(part("a", stopped)));
  await parts.add(Promise.resolve(part("b", stopped, () => Promise.reject(new Error("stuck")))));
  await expect(parts.stop()).rejects.toThrow("Some parts did not stop.");
  expect(stopped).toEqual(["a"]);
});
