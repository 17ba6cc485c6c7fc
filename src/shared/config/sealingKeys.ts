import { createSecretKey } from "node:crypto";
import { SettingInvalid } from "../base/errors.ts";
import type { SealingKey } from "../crypto/keyring.ts";
import { type Env, required } from "./env.ts";

const NAME = "TOKEN_CACHE_KEYS";
const FORM = "Make one with: npx lightsout keys";

/** `id:base64(32 bytes)[,id:base64…]`. The first key seals. Each of them unseals. @throws {SettingInvalid} */
export function readSealingKeys(env: Env): readonly SealingKey[] {
  const keys = required(env, NAME, FORM).split(",").map(parseKey);
  const ids = new Set(keys.map(({ id }) => id));
  if (ids.size < keys.length) {
    throw new SettingInvalid(`${NAME} uses the same id twice. Give every key an id of its own.`);
  }
  return keys;
}

function parseKey(entry: string): SealingKey {
  const match = /^([A-Za-z0-9_-]{1,16}):([A-Za-z0-9+/]{43}=)$/.exec(entry.trim());
  if (match === null) {
    throw new SettingInvalid(
      `${NAME} is malformed. It has to be id:base64(32 bytes), more of them after commas. ${FORM}`,
    );
  }
  const [, id = "", secret = ""] = match;
  return { id, key: createSecretKey(secret, "base64") };
}
