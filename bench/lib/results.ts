import { readFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../results/", import.meta.url));

interface Saved<Result> {
  /** Such as `2 cores, Node 24.21.0, Azurite 3.35.0`. */
  readonly environment: string;
  /** How long it took. */
  readonly seconds?: number;
  readonly result: Result;
}

export function environment(): string {
  const manifest = new URL("../../node_modules/azurite/package.json", import.meta.url);
  const azurite = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  return `${availableParallelism()} cores, Node ${process.versions.node}, Azurite ${azurite.version}`;
}

/** @param seconds Not known where it goes on. */
export async function save(name: string, result: unknown, seconds?: number): Promise<void> {
  const saved = { environment: environment(), seconds, result };
  await write(`${name}.json`, `${JSON.stringify(saved, rounded, 1)}\n`);
}

export async function saveChart(name: string, svg: string): Promise<void> {
  await write(`${name}.svg`, svg);
}

/** @returns undefined when that benchmark has never been run. */
export async function load<Result>(name: string): Promise<Saved<Result> | undefined> {
  const text = await readFile(join(FOLDER, `${name}.json`), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Saved<Result>);
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  await writeFile(join(FOLDER, file), text);
}

/** Four significant digits: more would be noise. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value)
    ? Number(value.toPrecision(4))
    : value;
}
