import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "@jest/globals";
import { parse } from "yaml";
import { file } from "./files.ts";
import { readJson, readText, root } from "./project.ts";

interface Manifest {
  scripts: Record<string, string>;
  version: string;
}

const { scripts, version } = readJson<Manifest & Record<string, unknown>>("package.json");

/** The names in `npm run NAME` and `npm test`. */
function npmScripts(text: string): string[] {
  return [...text.matchAll(/npm (?:run ([\w-]+)|(test))/g)].map(
    ([, run, test]) => run ?? test ?? "",
  );
}

describe("azure.yaml", () => {
  const text = readText("azure.yaml");
  const { name, metadata, services } = parse(text);

  it("deploys what npm run package made, as it is", () => {
    expect(services).toEqual({
      api: expect.objectContaining({ host: "function", dist: "dist/package", remoteBuild: false }),
    });
    expect(readText("scripts/package.ts")).toContain(`"${services.api.dist}"`);
    expect(Object.keys(services.api.hooks.prepackage).sort()).toEqual(["posix", "windows"]);
    for (const script of npmScripts(text)) expect(scripts).toHaveProperty([script]);
  });

  it("deploys to the app that the template tags", () => {
    expect(file("app/api.bicep").tree.text).toContain(
      `'azd-service-name': '${Object.keys(services)[0]}'`,
    );
  });

  it("has the version of the package", () => {
    expect(metadata.template).toBe(`${name}@${version}`);
  });
});

test(".funcignore keeps everything but the app, and does not ask azd to build in Azure", () => {
  const rules = readText(".funcignore")
    .split("\n")
    .filter((line) => line && !line.startsWith("#"));
  const patterns = rules.map(
    (rule) => new RegExp(`^${rule.replaceAll(".", "\\.").replaceAll("*", ".*")}$`),
  );
  const ignored = (path: string) => patterns.some((pattern) => pattern.test(path));
  const deployed = [
    "host.json",
    "package.json",
    "dist",
    "dist/main.cjs",
    "dist/main.cjs.LEGAL.txt",
  ];
  expect(deployed.filter(ignored)).toEqual([]);
  const left = [
    ".git",
    ".github",
    "infra",
    "local",
    "local.settings.json",
    "node_modules/jose",
    "src",
  ];
  expect(left.filter((path) => !ignored(path))).toEqual([]);
  // As azd looks at it: with the folder itself in the list, it refuses `remoteBuild: false`.
  expect(ignored("node_modules")).toBe(false);
});

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, string>;
}

interface Workflow {
  permissions: Record<string, string>;
  jobs: Record<string, { steps?: Step[]; uses?: string; needs?: string[]; permissions?: object }>;
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
