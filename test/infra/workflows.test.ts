import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, test } from "@jest/globals";
import { parse } from "yaml";
import { deploy } from "./deployment.ts";
import type { Values } from "./evaluate.ts";
import { npmScripts, readJson, readText, root, scripts } from "./project.ts";

const { engines } = readJson<{ engines: { node: string } }>("package.json");

interface Step {
  name?: string;
  if?: string;
  uses?: string;
  run?: string;
  with?: Record<string, string>;
  env?: Record<string, string>;
}

interface Job {
  steps?: Step[];
  uses?: string;
  needs?: string[];
  permissions?: object;
  strategy?: { matrix: { include: { node: string; own?: boolean }[] } };
}

interface Workflow {
  permissions: Record<string, string>;
  jobs: Record<string, Job>;
}

describe.each(globSync(".github/workflows/*.yml", { cwd: root }))("%s", (path) => {
  const text = readText(path);
  const { permissions, jobs } = parse(text) as Workflow;
  const steps = Object.values(jobs).flatMap((job) => job.steps ?? []);

  it("pins every action to a major version", () => {
    for (const { uses } of steps) if (uses) expect(uses).toMatch(/^[\w-]+\/[\w-]+@v\d+$/);
  });

  it("calls workflows and scripts that exist", () => {
    for (const { uses } of Object.values(jobs))
      if (uses) expect(existsSync(join(root, uses))).toBe(true);
    for (const script of npmScripts(text)) expect(scripts).toHaveProperty([script]);
  });

  it("waits only for jobs that exist", () => {
    const needed = Object.values(jobs).flatMap(({ needs = [] }) => needs);
    expect(Object.keys(jobs)).toEqual(expect.arrayContaining(needed));
  });

  it("reads the code and nothing else by default, and holds no secret", () => {
    expect(permissions).toEqual({ contents: "read" });
    expect(text).not.toContain("secrets.");
  });
});

test("CI runs the suite on what is deployed, and on the oldest Node that package.json names", () => {
  const { jobs } = parse(readText(".github/workflows/ci.yml")) as Workflow;
  const { steps = [], strategy } = jobs.test ?? {};
  const [, oldest] = /^>=([\d.]+)$/.exec(engines.node) ?? [];
  const { runtime } = deploy().api.arguments("site").functionAppConfig as { runtime: Values };
  const own = strategy?.matrix.include.filter(({ own }) => own).map(({ node }) => node);
  expect(own).toEqual([runtime.version, oldest]);
  // Taken away where it would be used in place of the one that is to be tested.
  const taken = steps.findIndex(({ run }) => run === "rm node_modules/.bin/node");
  expect(steps[taken]?.if).toBe("matrix.own");
  expect(steps.slice(taken - 1).map(({ run }) => run)).toEqual([
    "npm ci",
    "rm node_modules/.bin/node",
    "npm exec --call 'node --version'",
    "npm test",
  ]);
});

describe("the compiler of the templates, in CI", () => {
  const { jobs } = parse(readText(".github/workflows/ci.yml")) as Workflow;
  const { steps = [] } = jobs.templates ?? {};
  const lint = steps.find(({ run }) => run?.includes("bicep lint"))?.run ?? "";

  it("is always the same, and what it would deploy is kept", () => {
    expect(steps.find(({ env }) => env?.BICEP)?.env?.BICEP).toMatch(/^v\d+\.\d+\.\d+$/);
    const commands = steps.flatMap(
      ({ run = "" }) => run.match(/bicep (build|lint|snapshot)/g) ?? [],
    );
    expect(commands).toEqual(["bicep build", "bicep lint", "bicep snapshot"]);
    expect(steps.at(-1)?.with?.path).toContain("*.snapshot.json");
  });

  it.each([
    ["Info BCP1: Could be shorter.", 0],
    ["Warning no-unused-params: Declared but never used.", 1],
  ])("says '%s', which ends it with %i", (diagnostic, status) => {
    const says = `bicep() { echo "main.bicep(1,2) : ${diagnostic}" >&2; }`;
    const env = { ...process.env, RUNNER_TEMP: mkdtempSync(join(tmpdir(), "lightsout-lint-")) };
    const script = ["-eo", "pipefail", "-c", `${says}\n${lint}`];
    expect(spawnSync("bash", script, { cwd: root, env })).toMatchObject({ status });
    rmSync(env.RUNNER_TEMP, { recursive: true });
  });

  it("sees the templates with what is required alone, and with everything", () => {
    const given = (name: string) =>
      [...readText(`infra/snapshot/${name}.bicepparam`).matchAll(/^param (\w+) =/gm)].map(
        ([, parameter]) => parameter,
      );
    const declared = [...deploy().main.file.symbols].filter(([, { kind }]) => kind === "parameter");
    const names = declared.map(([name]) => name);
    const required = declared.filter(([, { value }]) => !value).map(([name]) => name);
    expect(given("plain")).toEqual([...required, "keySeed"]);
    expect(given("full")).toEqual(names);
  });
});

describe("the deploy workflow", () => {
  const { jobs } = parse(readText(".github/workflows/deploy.yml")) as Workflow;
  const { steps = [], needs, permissions } = jobs.deploy ?? {};

  it("deploys after the tests, what was packaged, by OIDC", () => {
    expect(needs).toEqual(["test", "package"]);
    expect(permissions).toEqual({ "id-token": "write" });
    const names = steps.map(({ uses }) => uses?.split("@")[0]);
    expect(names.slice(0, 3)).toEqual([
      "actions/download-artifact",
      "azure/login",
      "Azure/functions-action",
    ]);
    expect(jobs.package?.steps?.at(-1)?.with?.path).toBe("dist/lightsout.zip");
    expect(steps[2]?.with?.package).toBe("lightsout.zip");
  });

  it("runs nothing from npm where Azure can be reached", () => {
    expect(steps.filter(({ run }) => run?.includes("npm"))).toEqual([]);
  });
});

describe("the release workflow", () => {
  const { jobs } = parse(readText(".github/workflows/release.yml")) as Workflow;
  const { steps = [], needs, permissions } = jobs.publish ?? {};

  it("publishes after the tests, what was packed, with the provenance that a token would not give", () => {
    expect(jobs.test?.uses).toBe("./.github/workflows/ci.yml");
    expect(needs).toEqual(["test", "pack"]);
    expect(permissions).toEqual({ "id-token": "write" });
    expect(steps.at(-1)?.run).toBe("npm publish ./*.tgz --ignore-scripts --provenance");
  });

  it.each([
    ["v1.2.3", "## 1.2.3 - 2027-01-31", 0],
    ["v1.2.4", "## 1.2.3 - 2027-01-31", 1],
    ["1.2.3", "## 1.2.3 - 2027-01-31", 1],
    ["v1.2.3", "## Unreleased", 1],
  ])("takes %s with '%s' in the changelog: %i", (tag, heading, status) => {
    const cwd = mkdtempSync(join(tmpdir(), "lightsout-release-"));
    writeFileSync(join(cwd, "package.json"), JSON.stringify({ version: "1.2.3" }));
    writeFileSync(join(cwd, "CHANGELOG.md"), `# Changelog\n\n${heading}\n`);
    const compare =
      jobs.pack?.steps?.find(({ run }) => run?.includes("GITHUB_REF_NAME"))?.run ?? "";
    const env = { ...process.env, GITHUB_REF_NAME: tag };
    expect(spawnSync("bash", ["-e", "-c", compare], { cwd, env })).toMatchObject({ status });
    rmSync(cwd, { recursive: true });
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
