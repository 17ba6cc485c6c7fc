import { parseTimeout, readHostJson } from "../../../local/host/settings.ts";
import { optional } from "../../../src/shared/config/env.ts";
import { readSealingKeys } from "../../../src/shared/config/sealingKeys.ts";
import { type Check, ok, problem, problemOf, skipped } from "../check.ts";
import type { Patient } from "../patient.ts";

export const node: Check = {
  name: "Node.js",
  // The command itself refuses one that is too old.
  look: () => ok(process.version),
};

export const settings: Check = {
  name: "Settings",
  look({ source, settingsFault, context }) {
    if (source === undefined) return skipped("not visible from outside");
    if (settingsFault) return problemOf(settingsFault);
    const { idleLimit = 0, sessionLifetime = Number.POSITIVE_INFINITY } = context?.settings ?? {};
    if (idleLimit < sessionLifetime) return ok(`complete, from ${source}`);
    return problem(
      "SESSION_IDLE_MINUTES is no shorter than SESSION_HOURS, and ends nothing.",
      "Make it shorter, or leave it out.",
    );
  },
};

/** Fewer different bytes in 32 are a pattern: a random key has 26 or more. */
const FEWEST_BYTES = 16;

export const keys: Check = {
  name: "Sealing keys",
  look({ source, env }: Patient) {
    if (source === undefined) return skipped("not visible from outside");
    const [first, ...others] = readSealingKeys(env);
    const all = first ? [first, ...others] : others;
    const weak = all.find(({ key }) => new Set(key.export()).size < FEWEST_BYTES);
    if (weak) {
      return problem(
        `The key ${weak.id} is not random.`,
        "Make another one with: npx lightsout keys",
      );
    }
    const also = others.length > 0 ? `, ${others.map(({ id }) => id).join(", ")} still unseal` : "";
    return ok(`${first?.id} seals${also}`);
  },
};

/** A front-channel sign-out is tried for 100 seconds, and answered then. Milliseconds. */
export const SHORTEST_TIMEOUT = 120_000;

export const functionTimeout: Check = {
  name: "Function timeout",
  look({ source, env, root }: Patient) {
    if (source === undefined) return skipped("not visible from outside");
    const override = optional(env, "AzureFunctionsJobHost__functionTimeout");
    const timeout = override ? parseTimeout(override) : readHostJson(root).functionTimeout;
    if (timeout === undefined || (timeout !== null && timeout >= SHORTEST_TIMEOUT)) {
      return ok(timeout === undefined ? "no limit" : `${timeout / 1_000} seconds`);
    }
    return problem(
      `${override ? "AzureFunctionsJobHost__functionTimeout" : "functionTimeout in host.json"} ends a sign-out that storage delays before it is done.`,
      "Set it to 00:02:00 or more.",
    );
  },
};
