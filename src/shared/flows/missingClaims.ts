import type { Context } from "../context.ts";
import type { IdTokenClaims } from "../identity/claims.ts";
import { areTooLarge } from "../store/account.ts";

const SID_FIX =
  "Add the optional claim sid to the ID token in the app registration (Token configuration).";
const OVERAGE_FIX =
  "Emit app roles, or only the groups assigned to the application (Token configuration), or ask Microsoft Graph for the groups.";
const SIZE_FIX =
  "Name fewer claims in the option claims, or have the registration emit less in them.";

/** Says in the log what an ID token lacks, and how to mend it: each once in a process. */
export function warnOfMissingClaims(context: Context, claims: IdTokenClaims): void {
  // A sign-out elsewhere finds the session only if `session_state` equals `sid`.
  if (claims.sid === undefined && isNew(context, "sid")) {
    context.log("warn", "signin.sid_claim_missing", { fix: SID_FIX });
  }
  if (claims.groupsOverage) warnOf(context, "groups_overage", OVERAGE_FIX);
  if (areTooLarge(claims.handedOn)) warnOf(context, "too_large", SIZE_FIX);
}

function warnOf(context: Context, reason: string, fix: string): void {
  if (isNew(context, reason)) context.log("warn", "signin.claims_missing", { reason, fix });
}

const warned = new WeakMap<Context, Set<string>>();

function isNew(context: Context, lack: string): boolean {
  const known = warned.get(context) ?? new Set();
  warned.set(context, known);
  return known.size < known.add(lack).size;
}
