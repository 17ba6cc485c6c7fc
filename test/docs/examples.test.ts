import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { readText, root } from "../infra/project.ts";

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

test("every example of the public surface compiles in an app of a team", () => {
  const folder = mkdtempSync(join(tmpdir(), "examples-"));
  try {
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    for (const [at, file] of PUBLIC.entries()) {
      const examples = examplesIn(file);
      expect([file, examples.length > 0]).toEqual([file, true]);
      for (const [index, example] of examples.entries()) {
        const isWhole = example.includes("import ");
        const text = isWhole ? example : `${AROUND}export async function example() {${example}}`;
        writeFileSync(join(folder, `example-${at}-${index}.mts`), text);
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
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    execFileSync(join(root, "node_modules/.bin/tsc"), ["-p", folder], { encoding: "utf8" });
  } catch (error) {
    throw new Error((error as { stdout?: string }).stdout || String(error));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
