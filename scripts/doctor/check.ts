import { LightsoutError } from "../../src/shared/base/errors.ts";
import type { Patient } from "./patient.ts";

export interface Finding {
  readonly status: "ok" | "problem" | "skipped";
  /** One line: what is right, what is wrong, or why the doctor cannot tell. */
  readonly detail: string;
  /** One line: what to do about it. */
  readonly fix?: string;
}

export interface Check {
  readonly name: string;
  look(patient: Patient): Finding | Promise<Finding>;
}

export interface Section {
  readonly title: string;
  readonly checks: readonly Check[];
}

export interface Result extends Finding {
  readonly section: string;
  readonly name: string;
}

export const ok = (detail: string): Finding => ({ status: "ok", detail });
export const problem = (detail: string, fix: string): Finding => ({
  status: "problem",
  detail,
  fix,
});
export const skipped = (detail: string): Finding => ({ status: "skipped", detail });

/** Runs them one after the other, so that none disturbs another. */
export async function* examine(
  patient: Patient,
  sections: readonly Section[],
): AsyncGenerator<Result> {
  for (const { title, checks } of sections) {
    for (const { name, look } of checks) {
      yield { section: title, name, ...(await looked(look, patient)) };
    }
  }
}

async function looked(look: Check["look"], patient: Patient): Promise<Finding> {
  try {
    return await look(patient);
  } catch (error) {
    return problemOf(error);
  }
}

/** The first sentence of our messages says what is wrong, and the rest what to do. */
export function problemOf(error: unknown): Finding {
  const { message } = error as Error;
  const [, first = message, rest = ""] = /^(.*?\.)\s+(\S.*)$/s.exec(message) ?? [];
  if (error instanceof LightsoutError && rest) return problem(first, rest);
  return problem(message, "Put that right, and run the doctor again.");
}

/** The innermost code of a failed request, such as `ECONNREFUSED`. */
export function reasonOf(error: unknown): string {
  let reason = "";
  for (let e = error as Error & { code?: unknown }; e; e = e.cause as typeof e) {
    reason = typeof e.code === "string" ? e.code : e.message || e.name;
  }
  return reason;
}
