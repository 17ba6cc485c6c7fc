import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { root, scripts } from "../infra/project.ts";

/** What the npm scripts give to Node. */
const commands = Object.entries(scripts).flatMap(([name, script]) =>
  script.split(" && ").flatMap((command) => (/^node /.test(command) ? [{ name, command }] : [])),
);

it("the bundle does, too, wherever it is hosted", () => {
  const old = "delete Promise.withResolvers; require('./dist/main.cjs')";
  const { stderr } = spawnSync(process.execPath, ["-e", old], { cwd: root, encoding: "utf8" });
  expect(stderr).toContain(
    `\nError: Lightsout needs Node 22 or newer, and this is ${process.version}.\n`,
  );
});

it.each(commands)("npm run $name says in one line that a Node is too old", ({ command }) => {
  const [, ...args] = command.split(" ");
  expect(existsSync(join(root, args.findLast((arg) => /\.[jt]s$/.test(arg)) ?? ""))).toBe(true);
  // What an old one lacks, taken from the one at hand.
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--no-experimental-strip-types", ...args],
    { cwd: root, encoding: "utf8" },
  );
  expect(stderr).toMatch(
    /^Lightsout needs Node 22\.18 or newer, and this is v.* brings its own\.\n$/,
  );
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
});
