import { randomBytes } from "node:crypto";
import { SettingInvalid } from "../../src/shared/base/errors.ts";
import type { Env } from "../../src/shared/config/env.ts";
import { readSealingKeys } from "../../src/shared/config/sealingKeys.ts";

export interface Step {
  /** The new value of `TOKEN_CACHE_KEYS`. */
  readonly value: string;
  /** One line: what to wait for, and the next step. */
  readonly next: string;
}

const HOUR = 3_600_000;
/** A retired key stays for so long beside `SESSION_HOURS`, until the purge has removed the rows of its MACs. */
const LINGER = 48 * HOUR;

const DATED = /^(\d{4}-\d\d-\d\d)(?:-(\d+))?$/;

/** A sealing key whose id is today's date. @param ids Ids in use. */
export function newKey(now: number, ids: readonly string[] = []): string {
  const day = new Date(now).toISOString().slice(0, 10);
  let id = day;
  for (let count = 2; ids.includes(id); count += 1) id = `${day}-${count}`;
  return `${id}:${randomBytes(32).toString("base64")}`;
}

/**
 * Finds the next step of a rotation: append a new key, move it to the front, drop the old one. Instances get a value at
 * different times. What one of them seals, those a step behind can unseal.
 *
 * @throws {SettingInvalid} The keys cannot be read, their ids have no dates, or it is too early.
 */
export function nextStep(env: Env, sessionHours: number, now: number): Step {
  const ids = readSealingKeys(env).map(({ id }) => id);
  const undated = ids.find((id) => !DATED.test(id));
  if (undated !== undefined) {
    throw new SettingInvalid(
      `TOKEN_CACHE_KEYS has a key ${undated}, and its id is no date: which one is newer, only you know. Rotate it by hand, as docs/operations.md says.`,
    );
  }
  const keys = (env.TOKEN_CACHE_KEYS ?? "").split(",").map((key) => key.trim());
  const newest = ids.reduce((a, b) => (isNewer(b, a) ? b : a));
  const key = keys[ids.indexOf(newest)] as string;
  if (ids.length === 1) {
    return {
      value: [...keys, newKey(now, ids)].join(","),
      next: "Wait until every instance has it. The next step moves the new key to the front.",
    };
  }
  if (ids[0] !== newest) {
    return {
      value: [key, ...keys.filter((other) => other !== key)].join(","),
      next: `Wait until every instance has it, and ${sessionHours} hours (SESSION_HOURS) and two days more. The next step drops the old key.`,
    };
  }
  const earliest = Date.parse(newest.slice(0, 10)) + sessionHours * HOUR + LINGER;
  if (now < earliest) {
    throw new SettingInvalid(
      `TOKEN_CACHE_KEYS has the key ${newest} in front, which is too new for the old one to go. Wait until ${new Date(earliest).toISOString()} at least: ${sessionHours} hours (SESSION_HOURS) and two days from when every instance had it in front.`,
    );
  }
  return {
    value: key,
    next: `Use it only if ${newest} has been in front on every instance for ${sessionHours} hours (SESSION_HOURS) and two days. Then the rotation is done.`,
  };
}

function isNewer(a: string, b: string): boolean {
  const [[dayA, countA], [dayB, countB]] = [parts(a), parts(b)];
  return dayA > dayB || (dayA === dayB && countA > countB);
}

function parts(id: string): [day: string, count: number] {
  const [, day = "", count = "1"] = DATED.exec(id) ?? [];
  return [day, Number(count)];
}
