import type { SignOutContext } from "./shared/context.ts";

/** Nothing is ever stored here. */
const NO_ROW = ["start", "start"] as const;

/**
 * Opens the connection to the table, and gets the identity's token for it. The host takes a while between loading an app and
 * its first request, which may be a sign-out elsewhere. If it fails, the first request says why.
 */
export async function openConnection(context: SignOutContext): Promise<void> {
  try {
    await context.store.table.get(...NO_ROW);
  } catch {
    // Nobody has asked for anything yet.
  }
}
