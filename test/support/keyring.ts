import { createSecretKey, randomBytes } from "node:crypto";
import { createKeyring, type Keyring } from "../../src/shared/crypto/keyring.ts";

/** Keys by their ids; the same id is the same key. The first seals. */
export function keyring(...ids: string[]): Keyring {
  const keys = ids.map((id) => ({ id, key: createSecretKey(Buffer.alloc(32, id)) }));
  return createKeyring(keys, randomBytes);
}
