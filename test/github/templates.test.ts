import { spawnSync } from "node:child_process";
import { describe, expect, it } from "@jest/globals";
import { deploy } from "../infra/deployment.ts";
import { readText, root } from "../infra/project.ts";
import { newFolder } from "../support/folder.ts";
import { readWorkflow } from "./workflow.ts";

describe("the compiler of the templates, in CI", () => {
  const { jobs } = readWorkflow(".github/workflows/ci.yml");
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
  ])("says '%s', which ends it with %i", async (diagnostic, status) => {
    const { path: RUNNER_TEMP, stop } = await newFolder();
    const says = `bicep() { echo "main.bicep(1,2) : ${diagnostic}" >&2; }`;
    const env = { ...process.env, RUNNER_TEMP };
    const script = ["-eo", "pipefail", "-c", `${says}\n${lint}`];
    expect(spawnSync("bash", script, { cwd: root, env })).toMatchObject({ status });
    await stop();
  });

  it("sees the templates with what is required alone, and with everything", () => {
    const given = (name: string) =>
      [...readText(`infra/snapshot/${name}.bicepparam`).matchAll(/^param (\w+) =/gm)].map(
        ([, parameter]) => parameter,
      );
    const declared = [...deploy().main.file.symbols].filter(([, { kind }]) => kind === "parameter");
    const names = declared.map(([name]) => name);
    const required = declared.filter(([, { value }]) => !value).map(([name]) => name);
    expect(given("plain")).toEqual([...required, "keySeed", "keyDay"]);
    expect(given("full")).toEqual(names);
  });
});
