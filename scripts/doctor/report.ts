import type { Paint } from "../../local/screen.ts";
import type { Result } from "./check.ts";
import type { Patient } from "./patient.ts";

const MARKS = {
  ok: ["✓", "green"],
  problem: ["✗", "red"],
  skipped: ["–", "dim"],
} as const;
const WIDTH = 22;

export function renderTitle({ baseUrl, source }: Patient, paint: Paint): string {
  const where = baseUrl === undefined ? "" : ` at ${baseUrl}`;
  const how = source === undefined ? "from outside" : `by the settings of ${source}`;
  return `\n${paint("bold", `Lightsout${where}`)}, ${how}`;
}

/** @param before The result above it, which may be of the same section. */
export function renderResult(
  { section, name, status, detail, fix }: Result,
  before: Result | undefined,
  paint: Paint,
): string {
  const [mark, format] = MARKS[status];
  const text = status === "skipped" ? paint("dim", detail) : detail;
  const lines = [`  ${paint(format, mark)} ${name.padEnd(WIDTH)} ${text}`];
  if (fix !== undefined) lines.push(`    ${" ".repeat(WIDTH)} ${paint("yellow", `→ ${fix}`)}`);
  if (section !== before?.section) lines.unshift("", paint("dim", section));
  return lines.join("\n");
}

export function renderSummary(results: readonly Result[], paint: Paint): string {
  const count = (wanted: Result["status"]) =>
    results.filter(({ status }) => status === wanted).length;
  const problems = count("problem");
  const rest = `${count("ok")} in order, ${count("skipped")} that cannot be told from here.`;
  if (problems === 0) return `\n${paint("green", "Nothing is wrong")}: ${rest}\n`;
  const found = problems === 1 ? "1 problem" : `${problems} problems`;
  return `\n${paint("red", found)}, ${rest}\n`;
}
