import type { Context } from "../../src/shared/context.ts";
import { SESSION_COOKIE, sessionCookie } from "../../src/shared/session/sessionCookie.ts";
import type { Entity } from "../../src/shared/table/table.ts";
import type { TokenCache } from "../../src/shared/tokens/tokenCache.ts";
import { storeUser } from "../world/accounts.ts";
import { type Filled, insert } from "../world/fill.ts";
import { createMemoryTable } from "../world/memoryTable.ts";
import { cacheOfUser } from "../world/tokens.ts";

/** An account of one user with many browsers. */
export interface ManySessions {
  /** In the order of their sign-ins. */
  readonly sessions: readonly Filled[];
  readonly rows: readonly Entity[];
}

/** Made by the store's own sign-ins, in memory. */
export async function withSessions(
  { store, settings }: Pick<Context, "store" | "settings">,
  tenantId: string,
  model: TokenCache,
  user: number,
  count: number,
): Promise<ManySessions> {
  const table = createMemoryTable();
  const cache = cacheOfUser(model, user);
  const sessions: Filled[] = [];
  for (let i = 0; i < count; i++) {
    const { sessionLifetime } = settings;
    sessions.push(await storeUser({ ...store, table }, tenantId, sessionLifetime, cache, user));
  }
  return { sessions, rows: table.take() };
}

export async function store({ store }: Context, { rows }: ManySessions): Promise<void> {
  await insert(store.table, rows);
}

export function cookieOf({ store, settings }: Context, { ref }: Filled): string {
  return `${SESSION_COOKIE}=${sessionCookie(store.keyring, ref, settings.sessionLifetime).value}`;
}
