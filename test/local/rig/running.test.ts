import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { freePort } from "../../../local/ports.ts";
import { holdFolder, settingsInUse } from "../../../local/running.ts";
import { newFolder } from "../../support/folder.ts";

const URL = "http://localhost:7071";
const DEVELOPMENT = { ENTRA_CLIENT_ID: "made up", TOKEN_CACHE_STORAGE: "emulator" };

let root: string;
let file: string;
let remove: () => Promise<void>;
const folders: { stop(): Promise<void> }[] = [];
beforeEach(async () => {
  ({ path: root, stop: remove } = await newFolder());
  file = join(root, ".local", "running.json");
});
afterEach(async () => {
  await Promise.all(folders.splice(0).map((held) => held.stop()));
  await remove();
});

async function run(env: Record<string, string>) {
  const held = await holdFolder(root);
  folders.push(held);
  held.note({ env, url: URL });
  return held;
}

async function leave(note: object): Promise<void> {
  await mkdir(join(root, ".local"), { recursive: true });
  await writeFile(file, JSON.stringify({ url: URL, env: DEVELOPMENT, ...note }));
}

it("gives the settings of lightsout dev for as long as it runs", async () => {
  expect(settingsInUse(root, { PATH: "/bin" }).settings).toEqual({ PATH: "/bin" });
  await run(DEVELOPMENT);
  expect(settingsInUse(root, { PATH: "/bin" })).toEqual({
    settings: { PATH: "/bin", ...DEVELOPMENT },
    source: "lightsout dev",
  });
  await folders.pop()?.stop();
  expect(settingsInUse(root, {}).settings).toEqual({});
  expect(await readdir(join(root, ".local"))).toEqual([".gitignore"]);
});

it("is for its owner's eyes only", async () => {
  await run(DEVELOPMENT);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

it.each([
  "ENTRA_CLIENT_ID",
  "TOKEN_CACHE_STORAGE",
  "TOKEN_CACHE_STORAGE__tableServiceUri",
  "AzureWebJobsStorage",
  "AzureWebJobsStorage__tableServiceUri",
])("gives way to %s in the environment", async (name) => {
  await run(DEVELOPMENT);
  expect(settingsInUse(root, { [name]: "another" }).settings).toEqual({ [name]: "another" });
  expect(settingsInUse(root, { [name]: "" }).settings).toMatchObject(DEVELOPMENT);
});

it("gives way to a tenant that local.settings.json names by now", async () => {
  const Values = { ENTRA_CLIENT_ID: "mine", AzureWebJobsStorage: "UseDevelopmentStorage=true" };
  await writeFile(join(root, "local.settings.json"), JSON.stringify({ Values }));
  await run(DEVELOPMENT);
  expect(settingsInUse(root, {}).settings).toEqual(Values);
  // Started after that, it only makes up the table.
  await folders.pop()?.stop();
  await run({ TOKEN_CACHE_STORAGE: "emulator" });
  expect(settingsInUse(root, {}).settings).toEqual({ ...Values, TOKEN_CACHE_STORAGE: "emulator" });
});

it("gives none while it is still starting", async () => {
  folders.push(await holdFolder(root));
  expect(settingsInUse(root, {})).toEqual({
    settings: {},
    source: "local.settings.json and the environment",
  });
});

describe("the checkout", () => {
  it("is for one at a time", async () => {
    const starting = await holdFolder(root);
    folders.push(starting);
    const taken = `lightsout dev already runs here (pid ${process.pid})`;
    await expect(holdFolder(root)).rejects.toThrow(`${taken}. Stop it first.`);
    starting.note({ env: DEVELOPMENT, url: URL });
    await expect(holdFolder(root)).rejects.toThrow(`${taken}: ${URL}. Stop it first.`);
    expect(settingsInUse(root, {}).settings).toEqual(DEVELOPMENT);
    await folders.pop()?.stop();
    await run({});
  });

  it("does not stay with one that was killed", async () => {
    await leave({ pid: 2 ** 30 });
    expect(settingsInUse(root, {}).settings).toEqual({});
    await run({ FRESH: "1" });
    expect(settingsInUse(root, {}).settings).toEqual({ FRESH: "1" });
  });

  it("does not stay with one whose pid is another program's by now", async () => {
    await leave({ pid: process.ppid, lock: await freePort() });
    await run({ FRESH: "1" });
    expect(settingsInUse(root, {}).settings).toEqual({ FRESH: "1" });
  });
});

it("leaves alone what another one has written since", async () => {
  const { stop } = await run({});
  await leave({ pid: process.ppid, lock: 1 });
  const written = await readFile(file, "utf8");
  await stop();
  folders.pop();
  expect(await readFile(file, "utf8")).toBe(written);
});
