import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "@jest/globals";
import { ROOT } from "../../local/root.ts";
import { STAND_IN_CORE } from "../support/standInCore.ts";

/** Imports modules in a process of their own. It prints what they read of the environment, and what they register. */
const PROGRAM = `${STAND_IN_CORE}
process.env = new Proxy(process.env, {
  get(env, name) {
    if (/^(APP|AzureWebJobs|ENTRA|GRAPH|IDENTITY|SESSION|TOKEN|WEBSITE)_?/.test(String(name))) {
      done.push(["setting", String(name)]);
    }
    return env[name];
  },
});
for (const file of process.argv.slice(1)) await import(file);
console.log(JSON.stringify(done));
`;

function doneBy(files: readonly string[]): [what: string, name: string][] {
  const urls = files.map((file) => pathToFileURL(join(ROOT, file)).href);
  const program = ["--input-type=module", "--eval", PROGRAM, ...urls];
  return JSON.parse(spawnSync(process.execPath, program, { encoding: "utf8" }).stdout);
}

const modules = readdirSync(join(ROOT, "src"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
  .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
  .filter((file) => file !== "src/main.ts" && !file.startsWith("src/browser/"));

it("importing a module reads no setting and registers nothing", () => {
  expect(modules).toContain("src/lightsout.ts");
  expect(doneBy(modules)).toEqual([]);
});

it("and the app, which is one that does, is seen to", () => {
  const done = doneBy(["src/main.ts"]);
  expect(done).toContainEqual(["setting", "ENTRA_CLIENT_ID"]);
  expect(done).toContainEqual(["function", "authLogoutCallback"]);
  expect(done).toContainEqual(["function", "nextMeeting"]);
});
