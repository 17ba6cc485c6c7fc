import { globSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { parseBicep } from "./bicep.ts";
import { readText, root } from "./project.ts";

test.each(globSync("infra/**/*.bicep", { cwd: root }))("%s is Bicep", (path) => {
  expect(() => parseBicep(readText(path))).not.toThrow();
});

test.each([
  ["an object that is not closed", /\n}\n\noutput name/, "\n\noutput name", /^Line \d+:/],
  ["a missing =", "output name string =", "output name string", /^Line \d+:/],
  ["a misspelled keyword", "module site", "modul site", /^Line \d+:/],
  ["two properties on one line", /httpsOnly: true\n/, "httpsOnly: true ", /^Line \d+: clientAff/],
])("%s is found", (_, from, to, message) => {
  const source = readText("infra/app/api.bicep");
  const broken = source.replace(from, to);
  expect(broken).not.toBe(source);
  expect(() => parseBicep(broken)).toThrow(message);
});
