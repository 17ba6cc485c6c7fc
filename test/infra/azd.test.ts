import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it, test } from "@jest/globals";
import { parse } from "yaml";
import { type Loopback, startLoopback } from "../support/loopback.ts";
import { deploy } from "./deployment.ts";
import { npmScripts, readJson, readText, root, scripts } from "./project.ts";

const { version } = readJson("package.json");

const BOUNDED = /@minValue\((\d+)\)\n@maxValue\((\d+)\)\n@description\(.*\)\nparam (\w+) int/g;

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
    const tags = { "azd-service-name": Object.keys(services)[0] };
    expect(deploy().api.arguments("site")).toMatchObject({ tags });
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
    expect(deploy().main.outputs()).toHaveProperty("AZURE_FUNCTION_URL");
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
    const { status, said } = look({ [name]: "a b,\tc@" });
    expect(said).toMatch(
      new RegExp(`^${name} is "a b,\\\\tc@"\\. It has to be .*: azd env set ${name} \\S+\n$`),
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
    ["SESSION_IDLE_MINUTES", "-1"],
    ["REVALIDATE_MINUTES", "-1"],
    ["REVALIDATE_MINUTES", "1.5"],
    ["SESSION_BINDING", "Required"],
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
