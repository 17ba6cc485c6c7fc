import { globSync } from "node:fs";
import { expect, it } from "@jest/globals";
import { KINDS } from "../../scripts/accounts/residue.ts";
import { readJson, readText, root } from "../infra/project.ts";

const runbook = readText("docs/operations.md");

/** The first cells of the rows of the tables. */
const firstCells = [...runbook.matchAll(/^\| (.*?) \|/gm)].map(([, cell = ""]) => cell);

it("explains every reason for which a callback is refused", () => {
  const reasons = globSync("src/**/*.ts", { cwd: root }).flatMap((path) =>
    [...readText(path).matchAll(/new SignInRejected\(\s*[`"]([a-z_]+)/g)].map(
      ([, name = ""]) => name,
    ),
  );
  expect(reasons.length).toBeGreaterThan(8);
  const explained = firstCells.join(" ");
  expect(
    reasons.filter((name) => !name.startsWith("id_token_") && !explained.includes(`\`${name}\``)),
  ).toEqual([]);
});

it("explains every reason for which a front-channel call is ignored", () => {
  const source = readText("src/shared/identity/frontChannel.ts");
  const reasons = [...source.matchAll(/ignored: (?:.*\? )?"(\w+)"(?: : "(\w+)")?/g)]
    .flatMap(([, ...names]) => names)
    .filter((name) => name !== undefined);
  expect(reasons.length).toBeGreaterThan(4);
  const explained = firstCells.join(" ");
  expect(reasons.filter((name) => !explained.includes(`\`${name}\``))).toEqual([]);
});

it("says what to do about every alert", () => {
  const alerts = readJson<{ displayName: string }[]>("infra/monitor/alerts.json");
  for (const { displayName } of alerts) {
    const name = displayName.replace("Lightsout: ", "");
    expect(firstCells).toContain(`**${name[0]?.toUpperCase()}${name.slice(1)}**`);
  }
});

it("says what to do about every kind of residue", () => {
  const explained = firstCells.join(" ");
  for (const kind of Object.keys(KINDS)) expect(explained).toContain(`\`${kind}\``);
});
