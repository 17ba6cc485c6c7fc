import { generationRow } from "../rows/keys.ts";
import { withoutIssuedTokens } from "../tokens/tokenCache.ts";
import { issuedAtOf } from "./account.ts";
import { entityOf, unsealAccount } from "./accountEntity.ts";
import { preventCreation } from "./generation.ts";
import { beginRound } from "./rounds.ts";
import type { GenerationRef, Store } from "./store.ts";
import { isIssuedAfter } from "./tombstones.ts";

/**
 * Ends the sessions of a generation that were issued up to a time, and leaves newer ones alone. A generation that is
 * about to be created never will be. The account's row gets a new version in any case, so that a sign-in that was about
 * to join has to look again.
 *
 * @param until By the provider's clock. Milliseconds since 1970.
 * @returns whether it ended any; undefined when an answer was lost, so that nobody can tell.
 * @throws {StoreUnavailable}
 */
export async function endIssuedUntil(
  store: Store,
  ref: GenerationRef,
  until: number,
): Promise<boolean | undefined> {
  const rowKey = generationRow(ref.generation);
  let created = false;
  let nothing: false | undefined = false;
  for (let round = 0; ; round++) {
    await beginRound(store, round);
    const entity = await store.table.get(ref.partition, rowKey);
    if (entity === undefined) {
      // A generation is created once only. If it was created and is not there, it has ended.
      if (created || (await preventCreation(store, ref))) return nothing;
      created = true;
      continue;
    }
    const account = unsealAccount(store.keyring, entity);
    const all = Object.entries(account?.sessions ?? {});
    const newer = all.filter(([, session]) => isIssuedAfter(issuedAtOf(session), until));
    if (account === undefined || newer.length === 0) {
      const removed = await store.table.remove(ref.partition, rowKey, entity.etag);
      if (removed) return true;
      if (removed === undefined) nothing = undefined;
      continue;
    }
    const kept = entityOf(store, ref, {
      sessions: Object.fromEntries(newer),
      // An access token does not say which session it is of. The refresh token is of the newest sign-in.
      cache: withoutIssuedTokens(account.cache),
    });
    if ((await store.table.replace(kept, entity.etag)) === "done") return newer.length < all.length;
  }
}
