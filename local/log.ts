import type { LogLine } from "./host/log.ts";
import type { Paint } from "./screen.ts";

const FORMATS: Partial<Record<LogLine["level"], Parameters<Paint>[0]>> = {
  warning: "yellow",
  error: "red",
  critical: "red",
};
const QUIET: readonly LogLine["level"][] = ["trace", "debug", "none"];
/** Width of the time and the gap behind it. */
const INDENT = " ".repeat(10);

/** One line about what a function did. Nothing for lines that only help to debug the host. */
export function renderLog(line: LogLine, at: Date, paint: Paint): string | undefined {
  const { level, functionName } = line;
  const message = shorten(line);
  if (message === undefined || QUIET.includes(level)) return undefined;
  const time = paint("dim", at.toTimeString().slice(0, 8));
  const source = functionName === undefined ? "" : `${paint("cyan", functionName)}  `;
  const format = FORMATS[level];
  const text = message.trimEnd().replaceAll("\n", `\n${INDENT}`);
  return `${time}  ${source}${format === undefined ? text : paint(format, text)}`;
}

function shorten({ category, message }: LogLine): string | undefined {
  if (category !== "system") return flatten(message);
  if (message.startsWith("Executing ")) return undefined;
  return message.replace(
    /^Executed .*\((\w+), Id=.*, Duration=(\d+)ms\)/,
    (_, outcome, duration) =>
      outcome === "Succeeded" ? `${duration} ms` : `${outcome.toLowerCase()} after ${duration} ms`,
  );
}

/** `{"event":"signin.done","found":true}` as `signin.done  found=true`. */
function flatten(message: string): string {
  if (!message.startsWith('{"event":')) return message;
  try {
    const { event, ...fields } = JSON.parse(message) as Record<string, unknown>;
    const pairs = Object.entries(fields).map(
      ([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
    );
    return [event, ...pairs].join("  ");
  } catch {
    return message;
  }
}
