import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { noteRunning, settingsInUse } from "../../../local/running.ts";

const DEVELOPMENT = { ENTRA_CLIENT_ID: "made up", TOKEN_CACHE_STORAGE: "emulator" };

let root: string;
let file: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "lightsout-running-"));
  file = join(root, ".local", "running.json");
});
afterEach(() => rm(root, { recursive: true }));

it("gives the settings of npm start for as long as it runs", async () => {
  expect(settingsInUse(root, { PATH: "/bin" }).settings).toEqual({ PATH: "/bin" });
  const note = await noteRunning(root, DEVELOPMENT);
  expect(settingsInUse(root, { PATH: "/bin" })).toEqual({
    settings: { PATH: "/bin", ...DEVELOPMENT },
    source: "npm start",
  });
  await note.stop();
  expect(settingsInUse(root, {}).settings).toEqual({});
  expect(await readdir(join(root, ".local"))).toEqual([]);
});

it("is for its owner's eyes only", async () => {
  await noteRunning(root, DEVELOPMENT);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

it.each([
  "ENTRA_CLIENT_ID",
  "TOKEN_CACHE_STORAGE",
  "TOKEN_CACHE_STORAGE__tableServiceUri",
  "AzureWebJobsStorage",
  "AzureWebJobsStorage__tableServiceUri",
])("gives way to %s in the environment", async (name) => {
  await noteRunning(root, DEVELOPMENT);
  expect(settingsInUse(root, { [name]: "another" }).settings).toEqual({ [name]: "another" });
  expect(settingsInUse(root, { [name]: "" }).settings).toMatchObject(DEVELOPMENT);
});

it("gives way to a tenant that local.settings.json names by now", async () => {
  const Values = { ENTRA_CLIENT_ID: "mine", AzureWebJobsStorage: "UseDevelopmentStorage=true" };
  await writeFile(join(root, "local.settings.json"), JSON.stringify({ Values }));
  await noteRunning(root, DEVELOPMENT);
  expect(settingsInUse(root, {}).settings).toEqual(Values);
  // Started after that, it only makes up the table.
  await noteRunning(root, { TOKEN_CACHE_STORAGE: "emulator" });
  expect(settingsInUse(root, {}).settings).toEqual({ ...Values, TOKEN_CACHE_STORAGE: "emulator" });
});

it("does not believe one that was killed", async () => {
  await mkdir(join(root, ".local"));
  await writeFile(file, JSON.stringify({ pid: 2 ** 30, env: DEVELOPMENT }));
  expect(settingsInUse(root, {}).settings).toEqual({});
});

it("leaves alone what another one has written since", async () => {
  const note = await noteRunning(root, {});
  const other = JSON.stringify({ pid: process.ppid, env: DEVELOPMENT });
  await writeFile(file, other);
  await note.stop();
  expect(await readFile(file, "utf8")).toBe(other);
});
