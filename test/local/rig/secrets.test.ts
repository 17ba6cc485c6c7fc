import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { createSecrets, loadSecrets } from "../../../local/secrets.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lightsout-secrets-"));
});
afterAll(() => rm(folder, { recursive: true }));

it("are made once and kept, for the owner only", async () => {
  const file = join(folder, "new", "secrets.json");
  const first = await loadSecrets(file);
  expect(await loadSecrets(file)).toEqual(first);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

it("are new ones every time otherwise", () => {
  const [one, other] = [createSecrets(), createSecrets()];
  expect(one.clientSecret).not.toBe(other.clientSecret);
  expect(one.tokenCacheKeys).not.toBe(other.tokenCacheKeys);
  expect(one.signingKey.d).not.toBe(other.signingKey.d);
});

it("seal with 32 bytes", () => {
  const [id, key = ""] = createSecrets().tokenCacheKeys.split(":");
  expect(id).toBe("local");
  expect(Buffer.from(key, "base64")).toHaveLength(32);
});

it("are not made anew when the file is there and broken", async () => {
  const file = join(folder, "broken.json");
  await writeFile(file, "{");
  await expect(loadSecrets(file)).rejects.toThrow(`${file} cannot be used. Delete it`);
  expect(await readFile(file, "utf8")).toBe("{");
});
