import { expect, it } from "@jest/globals";
import { generationRow, sessionKey } from "../../src/shared/rows/keys.ts";
import { type KeptSession, partsOf } from "../../src/shared/store/account.ts";
import { roomBeside, rowOf, unsealAccount } from "../../src/shared/store/accountRow.ts";
import { join } from "../../src/shared/store/storeSession.ts";
import type { Stored } from "../../src/shared/table/table.ts";
import { cacheOf, HOUR, heldBy, NOON, sessionOf, storeOfEach } from "./samples.ts";

const store = storeOfEach();

function kept(hours: number, length: number): KeptSession {
  const { entry } = partsOf(sessionOf({ expiresAt: NOON + hours * HOUR }));
  return { ...entry, segment: { keyId: "k1", fingerprint: "", bytes: Buffer.alloc(length) } };
}

it.each([
  ["stays", 13 * 1_024, ["long", "short"]],
  ["gives way", 13 * 1_024 - 1, ["long"]],
])("the session that ends first %s, where %i bytes are free beside it", async (_, free, stay) => {
  const held = heldBy("new");
  const row = async () =>
    (await store.table.get(held.partition, generationRow(held.generation))) as Stored;
  const long = kept(9, 0);
  const short = kept(8, roomBeside([long, kept(8, 0)]) - free);
  const account = { sessions: { long, short } };
  await store.table.insert(rowOf(store, held, account));
  const { etag } = await row();
  await join(store, held, { account, etag }, { session: sessionOf(), cache: cacheOf() });
  const { sessions } = unsealAccount(store.keyring, await row()) ?? {};
  expect(Object.keys(sessions ?? {})).toEqual([...stay, sessionKey("new")]);
});
