import type { TableClient } from "@azure/data-tables";
import type { AccountInfo } from "@azure/msal-node";

interface StockSession {
  readonly account: AccountInfo;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Sessions as `express-session` keeps them in a store: one row each, its content JSON. */
export function createSessions(table: TableClient) {
  return {
    async get(id: string): Promise<StockSession | undefined> {
      try {
        const { session } = await table.getEntity<{ session: string }>(id, id);
        const found = JSON.parse(session) as StockSession;
        return found.expiresAt > Date.now() ? found : undefined;
      } catch (error) {
        if ((error as { statusCode?: number }).statusCode === 404) return undefined;
        throw error;
      }
    },
    async set(id: string, session: StockSession): Promise<void> {
      await table.upsertEntity(sessionRow(id, session), "Replace");
    },
  };
}

export function sessionRow(id: string, session: StockSession) {
  return { partitionKey: id, rowKey: id, session: JSON.stringify(session) };
}
