import { expect, it } from "@jest/globals";
import { checkRequirements } from "../src/requirements.ts";

it.each([
  {},
  { scopes: ["User.Read"], roles: ["Auditor"], maxAge: 600, authenticationContext: "c1" },
  { maxAge: 1 },
])("takes %p", (requirements) => {
  expect(() => checkRequirements(requirements)).not.toThrow();
});

it.each<[string, unknown]>([
  ["signedIn", null],
  ["signedIn", []],
  ["signedIn", { role: ["Auditor"] }],
  ["scopes", { scopes: "User.Read" }],
  ["scopes", { scopes: ["User.Read Mail.Read"] }],
  ["scopes", { scopes: [""] }],
  ["roles", { roles: [] }],
  ["roles", { roles: "Auditor" }],
  ["maxAge", { maxAge: 0 }],
  ["maxAge", { maxAge: 1.5 }],
  ["maxAge", { maxAge: "600" }],
  ["maxAge", { maxAge: 1e10 }],
  ["authenticationContext", { authenticationContext: "" }],
  ["authenticationContext", { authenticationContext: 'c1","x":"' }],
  ["authenticationContext", { authenticationContext: ["c1"] }],
])("names %s in one line: %p", (name, requirements) => {
  const check = () => checkRequirements(requirements as object);
  expect(check).toThrow(expect.objectContaining({ code: "ERR_OPTION_INVALID" }));
  expect(check).toThrow(new RegExp(`^${name}.*\\.$`));
});
