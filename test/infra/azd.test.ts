import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { FunctionAppConfig } from "@azure/arm-appservice";
import { afterAll, beforeAll, describe, expect, it, test } from "@jest/globals";
import { parse } from "yaml";
import { type Loopback, startLoopback } from "../support/loopback.ts";
import { deploy } from "./deployment.ts";
import { file } from "./files.ts";
import { readJson, readText, root } from "./project.ts";

interface Manifest {
  scripts: Record<string, string>;
  version: string;
  engines: { node: string };
}

const { scripts, version, engines } = readJson<Manifest & Record<string, unknown>>("package.json");

const BOUNDED = /@minValue\((\d+)\)\n@maxValue\((\d+)\)\n@description\(.*\)\nparam (\w+) int/g;

/** The names in `npm run NAME` and `npm test`. */
function npmScripts(text: string): string[] {
  return [...text.matchAll(/npm (?:run ([\w-]+)|(test))/g)].map(
    ([, run, test]) => run ?? test ?? "",
  );
}

describe("azure.yaml", () => {
  const text = readText("azure.yaml");
  const { name, metadata, services, requiredVersions } = parse(text);

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

  it("asks for the azd that the docs ask for", () => {
    const [, oldest = ""] = /^>= (\d+\.\d+\.\d+)$/.exec(requiredVersions.azd) ?? [];
    expect(readText("docs/deploy.md")).toContain(`(https://aka.ms/azd) ${oldest} or newer`);
  });

  it("has the version of the package", () => {
    expect(metadata.template).toBe(`${name}@${version}`);
  });
});

describe("the step after deploying", () => {
  const { hooks } = parse(readText("azure.yaml"));
  const [, script = ""] = /^node (\S+)$/.exec(hooks.postdeploy.posix.run) ?? [];
  let app: Loopback;
  beforeAll(async () => {
    app = await startLoopback();
  });
  afterAll(() => app?.stop());

  /** What it says when the app answers with these statuses, one after the other. */
  async function look(...statuses: number[]) {
    const asked: string[] = [];
    app.respond = async ({ url }) => {
      asked.push(url);
      return { status: statuses[asked.length - 1] ?? 500 };
    };
    const env = { AZURE_FUNCTION_URL: app.url };
    const child = spawn(process.execPath, [script, String(statuses.length)], { cwd: root, env });
    const [said, [status]] = await Promise.all([text(child.stderr), once(child, "close")]);
    expect(new Set(asked)).toEqual(new Set(["/health"]));
    return { status, said };
  }

  it("is the same on every system, and asks where the template says the app is", () => {
    expect(hooks.postdeploy.windows.run).toBe(hooks.postdeploy.posix.run);
    expect(file("main.bicep").tree.text).toContain("output AZURE_FUNCTION_URL string = ");
    expect(readText(script)).toContain("env.AZURE_FUNCTION_URL");
  });

  it("has nothing to say about an app that is healthy in the end", async () => {
    expect(await look(503, 200)).toEqual({ status: 0, said: "" });
  });

  it.each([503, 404])("fails with one line when /health goes on answering %i", async (status) => {
    const { status: code, said } = await look(status);
    expect(code).toBe(1);
    expect(said).toMatch(new RegExp(`^http://\\S+/health answers ${status}\\. .*\n$`));
  });
});

describe("the step before provisioning", () => {
  const { hooks } = parse(readText("azure.yaml"));

  /** What it says about an azd environment. */
  function look(values: Record<string, string>) {
    const [, script = ""] = /^node (\S+)$/.exec(hooks.preprovision.posix.run) ?? [];
    const env = { AZURE_ENV_NAME: "test", AZURE_LOCATION: "swedencentral", ...values };
    const { status, stdout, stderr } = spawnSync(process.execPath, [script], { cwd: root, env });
    return { status, said: `${stdout}${stderr}` };
  }
  const RIGHT = { status: 0, said: "" };

  it("is the same on every system", () => {
    expect(hooks.preprovision.windows.run).toBe(hooks.preprovision.posix.run);
  });

  it("has nothing to say about what nobody has set, and about what the docs set", () => {
    expect(look({})).toEqual(RIGHT);
    expect(look({ SESSION_HOURS: "", CUSTOM_DOMAIN: " " })).toEqual(RIGHT);
    const examples = [...readText("docs/deploy.md").matchAll(/^azd env set (\w+) (\S+)/gm)];
    expect(examples.length).toBeGreaterThanOrEqual(4);
    const values = examples.map(([, name = "", value = ""]) => [name, value]);
    expect(look(Object.fromEntries(values))).toEqual(RIGHT);
  });

  const taken = [...readText("infra/main.parameters.json").matchAll(/"\$\{(\w+)(=[^}]*)?\}"/g)]
    .map(([, name = ""]) => name)
    .filter((name) => !name.startsWith("AZURE_"));

  it.each(taken)("stops at a %s that is none, with one line", (name) => {
    const { status, said } = look({ [name]: "a b,c@" });
    expect(said).toMatch(
      new RegExp(`^${name} is "a b,c@"\\. It has to be .*: azd env set ${name} \\S+\n$`),
    );
    expect(status).toBe(1);
  });

  it.each([
    ["SESSION_HOURS", "abc"],
    ["SESSION_HOURS", "8.5"],
    ["SESSION_HOURS", "1e2"],
    ["SESSION_HOURS", "0x10"],
    ["SESSION_HOURS", " 8"],
    ["SESSION_HOURS", "-1"],
    ["CUSTOM_DOMAIN", "https://app.example.com"],
    ["CUSTOM_DOMAIN", "app.example.com/"],
    ["CUSTOM_DOMAIN", "app.example.com:8443"],
    ["CUSTOM_DOMAIN", "App.example.com"],
    ["CUSTOM_DOMAIN", "localhost"],
    ["ALERT_EMAIL", "ops"],
    ["ALERT_EMAIL", "a@example.com,b@example.com"],
  ])("%s=%s does not become the default", (name, value) => {
    expect(look({ [name]: value })).toMatchObject({ status: 1 });
  });

  const bounds = [...readText("infra/main.bicep").matchAll(BOUNDED)];

  it.each(bounds.map(([, least, most, parameter = ""]) => ({ least, most, parameter })))(
    "takes for $parameter what the template takes: $least to $most",
    ({ least, most, parameter }) => {
      const name = parameter.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
      expect(taken).toContain(name);
      for (const [value, status] of [
        [Number(least) - 1, 1],
        [Number(least), 0],
        [Number(most), 0],
        [Number(most) + 1, 1],
      ]) {
        expect([value, look({ [name]: String(value) }).status]).toEqual([value, status]);
      }
    },
  );

  it("knows every number that the template takes", () => {
    const numbers = readText("infra/main.bicep").match(/^param \w+ int/gm);
    expect(bounds).toHaveLength(numbers?.length ?? 0);
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
  if?: string;
  uses?: string;
  run?: string;
  with?: Record<string, string>;
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
  const site = deploy().api.arguments("site") as { functionAppConfig: FunctionAppConfig };
  const own = strategy?.matrix.include.filter(({ own }) => own).map(({ node }) => node);
  expect(own).toEqual([site.functionAppConfig.runtime?.version, oldest]);
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
