import { BadRequest } from "../base/errors.ts";
import type { LogoutToken } from "../identity/logoutToken.ts";
import { type IndexKey, type PartitionKey, sidPartition, subjectPartition } from "../rows/keys.ts";
import { noteEarlyLogoutToken } from "./earlySignOuts.ts";
import { endIssuedUntil } from "./endIssuedUntil.ts";
import { type Found, UNSURE } from "./found.ts";
import { deleteIfOver, endGeneration } from "./generation.ts";
import { lookUp } from "./lookUp.ts";
import { isUsed, useOnce } from "./replayGuard.ts";
import { beginRound } from "./rounds.ts";
import { isOver, noteIssuedUntil } from "./sidIndex.ts";
import type { Store } from "./store.ts";

/**
 * By the provider's back channel (OpenID Connect Back-Channel Logout 1.0). The logout token says who, by `sid` or by
 * `sub` (§2.4), and when. Later sign-ins stay, because a token may come late, and more than once. The token counts as
 * used after it has taken effect, so that the provider can send it again after a fault.
 *
 * @throws {BadRequest} The token has been used, or nobody is known by its `sub`. @throws {StoreUnavailable}
 * @throws {IndexForged} Somebody else wrote the index row of its `sid` or `sub`.
 */
export async function signOutByBackChannel(store: Store, token: LogoutToken): Promise<void> {
  const started = store.now();
  const { id, sid, sub = "", issuedAt, expiresAt } = token;
  if (await isUsed(store, id, expiresAt)) throw new BadRequest((say) => say.usedLogoutToken);
  const key = sid === undefined ? subjectPartition(sub) : sidPartition(sid);
  const { account, found } = await signOutIssuedUntil(store, key, issuedAt);
  if (account === undefined && sid === undefined)
    throw new BadRequest((say) => say.logoutTokenOfNobody);
  await useOnce(store, id, expiresAt);
  const ms = store.now() - started;
  const details = { ...(account && { account }), found: found ?? UNSURE, ms };
  if (sid === undefined) store.log("info", "signout.subject", { subject: key, ...details });
  else store.log("info", "signout.elsewhere", { sid: key, ...details });
}

/**
 * Leaves a tombstone first, then ends the sessions. So a sign-in under way sees the tombstone, or has stored its tokens
 * before the second step, or fails on its condition.
 */
async function signOutIssuedUntil(
  store: Store,
  key: IndexKey,
  until: number,
): Promise<{ account: PartitionKey | undefined; found: Found }> {
  for (let round = 0; ; round++) {
    await beginRound(store, round);
    const known = await lookUp(store, key, () => noteEarlyLogoutToken(store, key, until));
    if (known === undefined) return { account: undefined, found: false };
    const { row, isOurs } = known;
    if (!isOurs && row.signedOut) await endGeneration(store, row);
    if (!(await noteIssuedUntil(store, row, until))) continue;
    const found =
      isOurs && isOver(store, row)
        ? (await deleteIfOver(store, row)) === "deleted"
        : await endIssuedUntil(store, row, until);
    return { account: row.partition, found };
  }
}
