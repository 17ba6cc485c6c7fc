import type { LogLine } from "../host/log.ts";
import { type Item, shorten, timeOf } from "./item.ts";

const KEPT = 6;
const EXECUTED = /^Executed '.*' \((\w+), Id=.*, Duration=(\d+)ms\)/;

/** The functions' last log events, and their last runs. */
export class Journal {
  /** Newest first. */
  readonly items: Item[] = [];
  #count = 0;

  add({ category, functionName = "", message }: LogLine): void {
    const [title, detail] = category === "user" ? eventOf(message) : [functionName, runOf(message)];
    if (title === undefined || detail === undefined) return;
    this.#count += 1;
    this.items.unshift({ id: String(this.#count), title, detail, time: timeOf(Date.now()) });
    this.items.splice(KEPT);
  }
}

/** Lines such as `{"event":"signout.elsewhere","found":true}`. The terminal has everything else. */
function eventOf(message: string): [event?: string, details?: string] {
  try {
    const { event, ...fields } = JSON.parse(message) as Record<string, unknown>;
    const pairs = Object.entries(fields).map(([name, value]) => `${name} ${value}`);
    return typeof event === "string" ? [event, shorten(pairs.join(" · "))] : [];
  } catch {
    return [];
  }
}

function runOf(message: string): string | undefined {
  const [, outcome, duration] = EXECUTED.exec(message) ?? [];
  if (outcome === undefined) return undefined;
  return outcome === "Succeeded" ? `${duration} ms` : `${outcome.toLowerCase()}, ${duration} ms`;
}
