import type { Section } from "./check.ts";
import { address, answers, https, sameOrigin } from "./checks/app.ts";
import { binding } from "./checks/binding.ts";
import { credential, lasting } from "./checks/credential.ts";
import { functions } from "./checks/functions.ts";
import { clock, issuer, metadata } from "./checks/provider.ts";
import { registration } from "./checks/registration.ts";
import { cookies, frame, headers } from "./checks/served.ts";
import { functionTimeout, keys, node, settings } from "./checks/settings.ts";
import { table } from "./checks/table.ts";

/** A check comes after those that it depends on. */
export const SECTIONS: readonly Section[] = [
  { title: "Set-up", checks: [node, settings, keys, functionTimeout, functions] },
  { title: "Identity provider", checks: [metadata, issuer, clock, credential, lasting] },
  { title: "App registration", checks: registration },
  { title: "Storage", checks: [table] },
  { title: "App", checks: [answers, https, address, sameOrigin, headers, frame, cookies, binding] },
];
