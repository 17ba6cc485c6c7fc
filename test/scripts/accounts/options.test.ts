import { expect, it } from "@jest/globals";
import { readOptions, USAGE } from "../../../scripts/accounts/options.ts";
import { accountPartition, type HomeAccountId } from "../../../src/shared/rows/keys.ts";

const ID = "9D5C2A1E-7b4f-4c7d-9e36-5f0a1b2c3d4e.8d5c2a1e-7b4f-4c7d-9e36-5f0a1b2c3d4e";

it("takes an account by either of its ids", () => {
  const partition = accountPartition(ID as HomeAccountId);
  expect(readOptions(["show", ID])).toEqual({ command: "show", partition, json: false });
  expect(readOptions(["signout", partition, "--json"])).toEqual({
    command: "signout",
    partition,
    json: true,
  });
});

it("takes all accounts only where that is meant", () => {
  expect(readOptions(["signout", "--all"])?.partition).toBeUndefined();
  expect(readOptions(["list"])).toEqual({ command: "list", partition: undefined, json: false });
  expect(readOptions(["verify", "--json"])?.command).toBe("verify");
  expect(readOptions(["--help"])).toBeUndefined();
});

it.each([
  ["A command is missing", []],
  ["There is no such command", ["delete"]],
  ["show needs an account", ["show"]],
  ["signout needs an account", ["signout"]],
  ["signout needs an account", ["signout", ID, "--all"]],
  ["--all belongs to signout", ["show", "--all"]],
  ["list is about all accounts", ["list", ID]],
  ["That is no account", ["signout", "adele@contoso.com"]],
  ["one account too many", ["signout", ID, ID]],
  ["Unknown option '--force'", ["verify", "--force"]],
])("says %s", (message, args) => {
  expect(() => readOptions(args)).toThrow(message);
});

it("explains every command, and whose ids an account has", () => {
  const words = ["list", "show", "signout", "verify", "--all", "--json"];
  for (const word of [...words, "<home object id>.<home tenant id>"]) expect(USAGE).toContain(word);
});
