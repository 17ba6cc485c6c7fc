import { generationRow } from "../rows/keys.ts";
import { rowOf, unsealAccount } from "./accountRow.ts";
import { eitherFound, type Found } from "./found.ts";
import { preventCreation } from "./generation.ts";
import { beginRound } from "./rounds.ts";
import type { GenerationRef, Store } from "./store.ts";
import { isIssuedAfter } from "./tombstones.ts";

/**
 * Ends the sessions of a generation that were issued up to a time, whether it is live or about to be created,
 * and leaves newer ones alone. The account's row gets a new version in any case: a sign-in that was about to
 * join has to look again.
 *
 * @param until By the provider's clock. Milliseconds since 1970. @throws {StoreUnavailable}
 */
export async function endIssuedUntil(
  store: Store,
  ref: GenerationRef,
  until: number,
): Promise<Found> {
  const rowKey = generationRow(ref.generation);
  let created = false;
  let found: Found = false;
  for (let round = 0; ; round++) {
    await beginRound(store, round);
    const entity = await store.table.get(ref.partition, rowKey);
    if (entity === undefined) {
      // A generation is created once only: one that has been, and is not there, has ended.
      if (created || (await preventCreation(store, ref))) return found;
      created = true;
      continue;
    }
    const account = unsealAccount(store.keyring, entity);
    const all = Object.entries(account?.sessions ?? {});
    const newer = all.filter(([, session]) => isIssuedAfter(session.issuedAt, until));
    if (account === undefined || newer.length === 0) {
      found = eitherFound(found, await store.table.remove(ref.partition, rowKey, entity.etag));
      if (found) return true;
    } else {
      const kept = rowOf(store, ref, { sessions: Object.fromEntries(newer) });
      const outcome = await store.table.replace(kept, entity.etag);
      if (outcome === "done") return eitherFound(found, newer.length < all.length);
      if (outcome === "unsure") found = undefined;
    }
  }
}
