import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { ROOT } from "../../local/root.ts";
import { unitTests } from "./filter.ts";

const testsIn = (folder: string) =>
  readdirSync(join(ROOT, "test", folder))
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join(ROOT, "test", folder, name));

it.each(["base", "crypto", "identity", "oauth", "rows", "tokens"])(
  "all of %s is unit tests",
  (room) => {
    expect(unitTests(testsIn(room)).filtered).toEqual(testsIn(room));
  },
);

it.each(["faults", "races", "tenants"])("none of %s is one", (folder) => {
  expect(unitTests(testsIn(folder)).filtered).toEqual([]);
});
