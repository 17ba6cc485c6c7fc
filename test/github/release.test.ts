import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, test } from "@jest/globals";
import { readJson, readText, root } from "../infra/project.ts";
import { newFolder } from "../support/folder.ts";
import { readWorkflow } from "./workflow.ts";

describe("the release workflow", () => {
  const { jobs } = readWorkflow(".github/workflows/release.yml");
  const { steps = [], needs, permissions } = jobs.publish ?? {};

  it("publishes after the tests, what was packed, with the provenance that a token would not give", () => {
    expect(jobs.test?.uses).toBe("./.github/workflows/ci.yml");
    expect(needs).toEqual(["test", "pack"]);
    expect(permissions).toEqual({ "id-token": "write" });
    expect(steps.at(-1)?.run).toBe("npm publish ./*.tgz --ignore-scripts --provenance");
  });

  it("packs what names the repository that it runs in, as provenance wants it", async () => {
    const runs = jobs.pack?.steps?.flatMap(({ run }) => run ?? []) ?? [];
    const names = runs.findIndex((run) => run.startsWith("npm pkg set"));
    expect(runs[names + 1]).toMatch(/^npm pack /);
    const { path: cwd, stop } = await newFolder({ "package.json": "{}" });
    const env = { ...process.env, GITHUB_REPOSITORY: "owner/lightsout" };
    const { status } = spawnSync("bash", ["-e", "-c", runs[names] ?? ""], { cwd, env });
    expect(status).toBe(0);
    expect(JSON.parse(await readFile(join(cwd, "package.json"), "utf8"))).toEqual({
      repository: { type: "git", url: "git+https://github.com/owner/lightsout.git" },
    });
    await stop();
  });

  it.each([
    ["v1.2.3", "## 1.2.3 - 2027-01-31", 0],
    ["v1.2.4", "## 1.2.3 - 2027-01-31", 1],
    ["1.2.3", "## 1.2.3 - 2027-01-31", 1],
    ["v1.2.3", "## Unreleased", 1],
  ])("takes %s with '%s' in the changelog: %i", async (tag, heading, status) => {
    const { path: cwd, stop } = await newFolder({
      "package.json": JSON.stringify({ version: "1.2.3" }),
      "CHANGELOG.md": `# Changelog\n\n${heading}\n`,
    });
    const compare =
      jobs.pack?.steps?.find(({ run }) => run?.includes("GITHUB_REF_NAME"))?.run ?? "";
    const env = { ...process.env, GITHUB_REF_NAME: tag };
    expect(spawnSync("bash", ["-e", "-c", compare], { cwd, env })).toMatchObject({ status });
    await stop();
  });
});

test("the owners of the protocol own files that are there", () => {
  const owned = [...readText(".github/CODEOWNERS").matchAll(/^\/(\S+) +@\S+$/gm)];
  expect(owned.length).toBeGreaterThan(0);
  expect(owned.filter(([, path = ""]) => !existsSync(join(root, path)))).toEqual([]);
});

test("Renovate finds the version of Bicep", () => {
  const { customManagers } = readJson<{ customManagers: { matchStrings: string[] }[] }>(
    ".github/renovate.json",
  );
  const [pattern = ""] = customManagers.flatMap(({ matchStrings }) => matchStrings);
  const found = new RegExp(pattern).exec(readText(".github/workflows/ci.yml"));
  expect(found?.groups).toMatchObject({
    depName: "Azure/bicep",
    currentValue: expect.stringMatching(/^v/),
  });
});
