import { spawnSync } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { readText, root } from "../infra/project.ts";
import { newFolder } from "../support/folder.ts";
import { shared } from "../support/shared.ts";

/** The files in which what a team's app imports is declared. */
const PUBLIC = [
  "src/auth.ts",
  "src/browser/watchSession.ts",
  "src/lightsout.ts",
  "src/options.ts",
  "src/requirements.ts",
  "src/shared/apis/api.ts",
  "src/shared/apis/permissions.ts",
  "src/shared/base/errors.ts",
  "src/testing.ts",
];

/** What the examples have from the code around them. */
const AROUND = `
import { app } from "@azure/functions";
import { type Api, type Auth, type Call, LightsoutError, type Options, type Session } from "lightsout/functions";
declare const auth: Auth;
declare const session: Session;
`;

function examplesIn(file: string): string[] {
  return readText(file)
    .split("@example")
    .slice(1)
    .map((text) => text.split("*/")[0]?.replaceAll(/^ *\* ?/gm, "") ?? "");
}

const folder = shared(newFolder);

test("every example of the public surface compiles in an app of a team", () => {
  const inFolder = (name: string) => join(folder.path, name);
  symlinkSync(join(root, "node_modules"), inFolder("node_modules"));
  for (const [at, file] of PUBLIC.entries()) {
    const examples = examplesIn(file);
    expect([file, examples.length > 0]).toEqual([file, true]);
    for (const [index, example] of examples.entries()) {
      const isWhole = example.includes("import ");
      const text = isWhole ? example : `${AROUND}export async function example() {${example}}`;
      writeFileSync(inFolder(`example-${at}-${index}.mts`), text);
    }
  }
  const compilerOptions = {
    lib: ["es2024", "dom"],
    paths: {
      "lightsout/functions": [join(root, "src/lightsout.ts")],
      "lightsout/testing": [join(root, "src/testing.ts")],
      "lightsout/browser": [join(root, "src/browser/watchSession.ts")],
    },
  };
  const config = { extends: join(root, "tsconfig.json"), compilerOptions, include: ["*.mts"] };
  writeFileSync(inFolder("tsconfig.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules/.bin/tsc");
  const { status, stdout } = spawnSync(tsc, ["-p", folder.path], { encoding: "utf8" });
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
});
