import { StoreUnavailable } from "../../src/shared/base/errors.ts";
import { HEAD, type PartitionKey } from "../../src/shared/rows/keys.ts";
import { signOutByOperator } from "../../src/shared/store/signOut.ts";
import type { Store } from "../../src/shared/store/store.ts";
import type { Table } from "../../src/shared/table/table.ts";
import type { Progress } from "./progress.ts";

export interface SignOutOfAll {
  /** How many accounts were signed out. */
  readonly signedOut: number;
  /** The accounts that still hold tokens, or may. */
  readonly left: readonly Left[];
  /** Why the list of accounts broke off. The accounts after that are not known. */
  readonly brokeOff?: string;
}

export interface Left {
  /** The account's hashed id. */
  readonly account: string;
  readonly reason: string;
}

/** Accounts at once, so that one that does not answer holds up no other. */
const AT_ONCE = 16;

/**
 * Signs out every account that holds tokens, and checks that the tokens are gone. Another run goes on where this one
 * ended, because it lists only accounts that hold tokens.
 */
export async function signOutAll(store: Store, progress: Progress): Promise<SignOutOfAll> {
  const accounts = accountsWithTokens(store.table, progress);
  const left: Left[] = [];
  let signedOut = 0;
  let brokeOff: string | undefined;

  async function next() {
    try {
      return (await accounts.next()).value;
    } catch (error) {
      brokeOff = reasonOf(error);
      return undefined;
    }
  }

  async function work(): Promise<void> {
    for (let one = await next(); one !== undefined; one = await next()) {
      const reason = await signOut(store, one).catch(reasonOf);
      if (reason === undefined) signedOut++;
      else left.push({ account: one.account, reason });
    }
  }

  await Promise.all(Array.from({ length: AT_ONCE }, work));
  progress.end();
  return { signedOut, left, ...(brokeOff !== undefined && { brokeOff }) };
}

interface AccountWithTokens {
  readonly account: string;
  /** Row keys. */
  readonly tokens: readonly string[];
}

/** @returns why tokens are left. @throws {StoreUnavailable} */
async function signOut(
  store: Store,
  { account, tokens }: AccountWithTokens,
): Promise<string | undefined> {
  await signOutByOperator(store, account as PartitionKey);
  for (const rowKey of tokens) {
    if (await store.table.get(account, rowKey)) {
      return "These tokens have come back: who else writes into the table? See docs/operations.md.";
    }
  }
  return undefined;
}

/** All rows of tokens, also those that the head does not name. */
async function* accountsWithTokens(
  table: Table,
  progress: Progress,
): AsyncGenerator<AccountWithTokens, undefined> {
  let account = "";
  let tokens: string[] = [];
  // The rows of an account come one after the other.
  for await (const { partitionKey, rowKey } of table.list("a.", "b")) {
    progress.row(partitionKey);
    if (partitionKey !== account) {
      if (tokens.length > 0) yield { account, tokens };
      account = partitionKey;
      tokens = [];
    }
    if (rowKey !== HEAD) tokens.push(rowKey);
  }
  if (tokens.length > 0) yield { account, tokens };
  return undefined;
}

function reasonOf(error: unknown): string {
  if (error instanceof StoreUnavailable) return error.message;
  throw error;
}
