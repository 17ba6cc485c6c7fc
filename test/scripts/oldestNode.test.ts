import { expect, test } from "@jest/globals";
import { isTooOld, OLDEST_NODE } from "../../scripts/oldestNode.ts";
import { readJson } from "../infra/project.ts";

test("the oldest Node for the command is the one that package.json names", () => {
  const { engines } = readJson<{ engines: { node: string } }>("package.json");
  expect(engines.node).toBe(`>=${OLDEST_NODE}`);
});

test.each([
  ["20.19.5", true],
  ["22.11.0", true],
  ["22.12.0", false],
  ["23.0.0", false],
  ["24.21.0", false],
])("Node %s is too old: %s", (version, expected) => {
  expect(isTooOld(version)).toBe(expected);
});
