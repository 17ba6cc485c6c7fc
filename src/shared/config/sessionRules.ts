import { SettingInvalid } from "../base/errors.ts";
import type { Address } from "./address.ts";
import { type Env, optional } from "./env.ts";

/** How long a session lasts, and where it counts. */
export interface SessionRules {
  /** Absolute lifetime of a session, in milliseconds. */
  readonly sessionLifetime: number;
  /** How long a session may go unused, in milliseconds. 0: as long as it lasts. */
  readonly idleLimit: number;
  /** How long a grant counts as good after the provider has confirmed it, in milliseconds. 0: until a token is needed. */
  readonly revalidatePeriod: number;
  /** Whether a session counts only in the browser that signed in (Device Bound Session Credentials). */
  readonly sessionBinding: SessionBinding;
}

const BINDINGS = ["off", "optional", "required"] as const;
export type SessionBinding = (typeof BINDINGS)[number];

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Thirty days, as of the longest session. */
const MOST_MINUTES = 43_200;

/** @throws {SettingInvalid} */
export function readSessionRules(env: Env, address: Address): SessionRules {
  return {
    sessionLifetime: readSessionHours(env) * HOUR_MS,
    idleLimit: readMinutes(env, "SESSION_IDLE_MINUTES", 0) * MINUTE_MS,
    revalidatePeriod: readMinutes(env, "REVALIDATE_MINUTES", 15) * MINUTE_MS,
    sessionBinding: readSessionBinding(env, address),
  };
}

export function readSessionHours(env: Env): number {
  const value = optional(env, "SESSION_HOURS") ?? "12";
  const hours = /^\d+(\.\d+)?$/.test(value) ? Number(value) : 0;
  if (hours > 0 && hours <= 720) return hours;
  throw new SettingInvalid("SESSION_HOURS has to be a number of hours above 0, up to 720.");
}

function readMinutes(env: Env, name: string, fallback: number): number {
  const value = optional(env, name) ?? String(fallback);
  const minutes = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
  if (minutes <= MOST_MINUTES) return minutes;
  throw new SettingInvalid(
    `${name} has to be a number of minutes, up to ${MOST_MINUTES}; 0 switches it off.`,
  );
}

function readSessionBinding(env: Env, { origin }: Address): SessionBinding {
  const value = optional(env, "SESSION_BINDING") ?? "off";
  const binding = BINDINGS.find((known) => known === value);
  if (binding === undefined) {
    throw new SettingInvalid("SESSION_BINDING has to be off, optional or required.");
  }
  if (binding === "required" && origin.startsWith("http:")) {
    throw new SettingInvalid(
      "SESSION_BINDING is required, and no browser binds a session over http. Set APP_BASE_URL to an https address, or SESSION_BINDING to optional.",
    );
  }
  return binding;
}
