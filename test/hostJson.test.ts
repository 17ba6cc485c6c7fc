import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { readRoutePrefix } from "../src/hostJson.ts";
import { newFolder } from "./support/folder.ts";
import { shared } from "./support/shared.ts";

const folder = shared(newFolder);

const of = (routePrefix: string) => JSON.stringify({ extensions: { http: { routePrefix } } });
const address = { APP_BASE_URL: "https://a.example/v1" };
const OVERRIDE = { AzureFunctionsJobHost__extensions__http__routePrefix: "own" };

it.each([
  ["none", of(""), address, ""],
  ["one", of("v2"), address, "/v2"],
  ["one with slashes", of("/a/b/"), {}, "/a/b"],
  ["one that an address encodes", of("a bé"), {}, "/a%20b%C3%A9"],
  ["the host's default", "{}", address, "/api"],
  ["that of a file with a byte order mark", `\uFEFF${of("")}`, {}, ""],
  ["that of the setting that is stronger", of("v2"), OVERRIDE, "/own"],
  ["that of the address, where the file cannot be read", "// comment", address, "/v1"],
  ["none, where nobody says", "// comment", {}, ""],
])("the route prefix is %s", async (_, text, env, expected) => {
  await writeFile(join(folder.path, "host.json"), text);
  expect(readRoutePrefix(folder.path, env)).toBe(expected);
});
