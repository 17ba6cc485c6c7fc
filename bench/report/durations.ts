import { number } from "../lib/format.ts";
import type { Table } from "../lib/table.ts";

export interface Duration {
  readonly name: string;
  readonly seconds?: number | undefined;
  readonly onlyNamed?: true | undefined;
}

/** How long each part of a run took. */
export function durations(parts: readonly Duration[]): Table {
  const usual = parts.filter(({ onlyNamed }) => !onlyNamed);
  const all = usual.reduce((sum, { seconds = 0 }) => sum + seconds, 0);
  const row = (name: string, seconds = Number.NaN) => [name, number(seconds / 60)];
  return {
    id: "durations",
    title: "How long it takes",
    columns: ["", "minutes"],
    rows: [
      ...usual.map(({ name, seconds }) => row(name, seconds)),
      row("npm run bench", all),
      ...parts.filter(({ onlyNamed }) => onlyNamed).map(({ name, seconds }) => row(name, seconds)),
    ],
  };
}
