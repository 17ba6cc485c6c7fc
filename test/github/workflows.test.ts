import { execFile } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { describe, expect, it, test } from "@jest/globals";
import { deploy } from "../infra/deployment.ts";
import type { Values } from "../infra/evaluate.ts";
import { npmScripts, readJson, readText, root, scripts } from "../infra/project.ts";
import { newFolder } from "../support/folder.ts";
import { startLoopback } from "../support/loopback.ts";
import { readWorkflow } from "./workflow.ts";

interface Manifest {
  readonly devEngines: { readonly runtime: { readonly version: string } };
  readonly dependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
}
const { devEngines, dependencies, peerDependencies } = readJson<Manifest>("package.json");

describe.each(globSync(".github/workflows/*.yml", { cwd: root }))("%s", (path) => {
  const text = readText(path);
  const { permissions, jobs } = readWorkflow(path);
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
  const { jobs } = readWorkflow(".github/workflows/ci.yml");
  const { steps = [], strategy } = jobs.test ?? {};
  const [, oldest] = /^>=([\d.]+)$/.exec(devEngines.runtime.version) ?? [];
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
    "npm run coverage",
    "npm run bench -- --check",
  ]);
});

test("CI audits everything that runs where the app is deployed, and no tools", async () => {
  const asked: string[] = [];
  const registry = await startLoopback(({ headers, body }) => {
    const text = headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
    asked.push(...Object.keys(JSON.parse(text.toString())));
    return { body: {} };
  });
  const { path: cwd, stop } = await newFolder({
    "package.json": readText("package.json"),
    "package-lock.json": readText("package-lock.json"),
  });
  const { jobs } = readWorkflow(".github/workflows/ci.yml");
  const runs = jobs.audit?.steps?.flatMap(({ run }) => run ?? []) ?? [];
  const env = { ...process.env, npm_config_registry: registry.url };
  await promisify(execFile)("bash", ["-e", "-c", runs.join("\n")], { cwd, env });
  await registry.stop();
  await stop();
  expect(asked).toEqual(
    expect.arrayContaining(Object.keys({ ...dependencies, ...peerDependencies })),
  );
  expect(asked).not.toContain("azurite");
});

describe("the deploy workflow", () => {
  const { jobs } = readWorkflow(".github/workflows/deploy.yml");
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
