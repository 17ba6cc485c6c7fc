import { redemptionRow } from "./keys.ts";
import { randomId, type Store } from "./store.ts";

/**
 * Takes the right to redeem the answer to one sign-in. Only the first caller gets it, on whichever
 * instance: an answer that is posted twice reaches the token endpoint once.
 *
 * @param state The `state` of the authorization request.
 * @param expiresAt When that request expires; the row is of no use afterwards. Milliseconds since 1970.
 */
export async function takeRedemption(
  store: Store,
  state: string,
  expiresAt: number,
): Promise<boolean> {
  const redemption = { ...redemptionRow(state, expiresAt), taker: randomId(store) };
  const outcome = await store.table.insert(redemption);
  if (outcome !== "unsure") return outcome === "done";
  const stored = await store.table.get<typeof redemption>(
    redemption.partitionKey,
    redemption.rowKey,
  );
  return stored?.taker === redemption.taker;
}

export async function purgeRedemptions(store: Store): Promise<void> {
  const { partitionKey: today } = redemptionRow("", store.now());
  for await (const row of store.table.list("t.", today)) {
    await store.table.remove(row.partitionKey, row.rowKey, row.etag);
  }
}
