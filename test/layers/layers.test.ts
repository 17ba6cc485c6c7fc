import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The rooms of src/shared, each on the floor above the one before it. */
const FLOORS = [
  "base", // errors, clock, log, randomness
  "crypto", // what is sealed
  "net", // what is sent
  "config", // what the settings say
  "oauth", // token requests and their refusals; the managed identity
  "table", // one table, and what its answers mean
  "tokens", // what the token endpoint has given
  "rows", // what is kept, and under which keys
  "identity", // OpenID Connect: who somebody is
  "store", // the protocols: sign-in, sign-out, refresh, purge
  "http", // requests that come in
  "session", // the cookies, and the session that they lead to
  "context.ts", // what the functions work with
  "apis", // calls as the user
  "web", // answers: pages and problems
  "flows", // the use cases
] as const;

const files = sourcesIn("src");
const imports = importsOf(files);

describe("src", () => {
  it("has a floor for every room of src/shared", () => {
    const rooms = new Set(files.flatMap((file) => roomOf(file) ?? []));
    expect([...rooms].sort()).toEqual([...FLOORS].sort());
  });

  it("imports only downwards in src/shared", () => {
    const upwards = imports.filter(({ from, to }) => floorOf(from) < floorOf(to));
    expect(upwards).toEqual([]);
  });

  it("has no file that needs itself", () => {
    expect(circles(imports)).toEqual([]);
  });

  it("keeps src/shared apart from the host, and everything apart from what is for development", () => {
    const outside = imports.filter(
      ({ from, to }) =>
        (roomOf(from) !== undefined && (to === "@azure/functions" || leaves(to, "src/shared"))) ||
        leaves(to, "src"),
    );
    expect(outside).toEqual([]);
  });
});

describe("what is not deployed", () => {
  const development = ["local", "scripts", "bench"].flatMap(sourcesIn);

  it("has no file that needs itself", () => {
    expect(circles(importsOf(development))).toEqual([]);
  });

  it("plays the world in local, for src and without the commands", () => {
    const outside = importsOf(sourcesIn("local")).filter(
      ({ to }) => leaves(to, "local") && !to.startsWith("src/"),
    );
    expect(outside).toEqual([]);
  });
});

function importsOf(files: readonly string[]) {
  return files.flatMap((from) =>
    [
      ...readFileSync(join(ROOT, from), "utf8").matchAll(/\b(?:from |import\()"(?<name>[^"]+)"/g),
    ].map(({ groups }) => {
      const name = groups?.name ?? "";
      const to = name.startsWith(".") ? normalize(join(dirname(from), name)) : name;
      return { from, to };
    }),
  );
}

function sourcesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

function roomOf(file: string): string | undefined {
  return /^src\/shared\/([^/]+)/.exec(file)?.[1];
}

/** Outside of src/shared: above everything, or not ours. */
function floorOf(file: string): number {
  const room = roomOf(file);
  if (room === undefined) return file.startsWith("src/") ? FLOORS.length : -1;
  return (FLOORS as readonly string[]).indexOf(room);
}

function leaves(to: string, folder: string): boolean {
  return /^(src|local|test|scripts|bench|examples)\//.test(to) && !to.startsWith(`${folder}/`);
}

/** What is left of the arrows when those to a file that needs nothing, or from one that nobody needs, are taken away. */
function circles<Arrow extends { readonly from: string; readonly to: string }>(
  arrows: readonly Arrow[],
): readonly Arrow[] {
  const needy = new Set(arrows.map(({ from }) => from));
  const needed = new Set(arrows.map(({ to }) => to));
  const left = arrows.filter(({ from, to }) => needy.has(to) && needed.has(from));
  return left.length === arrows.length ? left : circles(left);
}
