import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../local/root.ts";
import { apply, type Mutant, mutantsOf, withoutTypes } from "./mutants.ts";

/** A fault that is going to be planted. */
export interface Planned {
  /** From the root of the repository. */
  readonly file: string;
  readonly mutant: Mutant;
  readonly line: number;
  /** The lines that it changes, before and after. */
  readonly from: string;
  readonly to: string;
}

export function plannedIn(file: string): Planned[] {
  const source = readFileSync(join(ROOT, file), "utf8");
  const code = withoutTypes(source);
  return mutantsOf(source).map((mutant) => {
    const begin = code.lastIndexOf("\n", mutant.start - 1) + 1;
    const rest = code.slice(mutant.end);
    const inLine = { ...mutant, start: mutant.start - begin, end: mutant.end - begin };
    const lines = code.slice(begin, mutant.end + (rest.indexOf("\n") + 1 || rest.length + 1) - 1);
    const line = code.slice(0, begin).split("\n").length;
    return { file, mutant, line, from: oneLine(lines), to: oneLine(apply(inLine, lines)) };
  });
}

/** Some of them, the same ones for the same seed, in their order. */
export function drawn(all: readonly Planned[], count: number, seed: string): Planned[] {
  const lot = ({ file, mutant }: Planned) =>
    createHash("sha256")
      .update(JSON.stringify([seed, file, mutant]))
      .digest("hex");
  const lots = new Map(all.map((one) => [one, lot(one)]));
  const last = [...lots.values()].sort()[count] ?? "~";
  return all.filter((one) => (lots.get(one) ?? "") < last);
}

function oneLine(lines: string): string {
  return lines.replace(/\s+/g, " ").trim();
}
