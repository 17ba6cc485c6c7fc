import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  type KeyObject,
} from "node:crypto";

/** A key of 32 bytes and the name under which sealed data refers to it. */
export interface SealingKey {
  readonly id: string;
  readonly key: KeyObject;
}

export interface Sealed {
  readonly keyId: string;
  /** Nonce (12 bytes), ciphertext, tag (16 bytes). */
  readonly bytes: Uint8Array;
}

export interface Keyring {
  /** Seals with the first key. Only {@link open} with the same context gives the content back. */
  seal(plaintext: Uint8Array, context: string): Sealed;
  /** @returns undefined when the key is not in the ring, or the bytes are not what was sealed for this context. */
  open(sealed: Sealed, context: string): Uint8Array | undefined;
}

const NONCE = 12;
const TAG = 16;
const CIPHER = "aes-256-gcm";

/**
 * AES-256-GCM (NIST SP 800-38D). Each context gets a key of its own by HMAC-SHA-256, so that the number of
 * random nonces under one key stays far from its limit of 2^32 however many accounts there are.
 *
 * @param keys The first seals, all open.
 * @param randomBytes Source of nonces.
 */
export function createKeyring(
  keys: readonly SealingKey[],
  randomBytes: (size: number) => Uint8Array,
): Keyring {
  const [current] = keys;
  if (current === undefined) throw new TypeError("A keyring needs at least one key.");
  const byId = new Map(keys.map((entry) => [entry.id, entry.key]));

  return {
    seal(plaintext, context) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv(CIPHER, contextKey(current.key, context), nonce, {
        authTagLength: TAG,
      });
      cipher.setAAD(Buffer.from(context));
      const ciphertext = [cipher.update(plaintext), cipher.final()];
      return {
        keyId: current.id,
        bytes: Buffer.concat([nonce, ...ciphertext, cipher.getAuthTag()]),
      };
    },

    open({ keyId, bytes }, context) {
      const key = byId.get(keyId);
      if (key === undefined || bytes.length < NONCE + TAG) return undefined;
      // Without `authTagLength`, Node also accepts a tag of 4 bytes, which can be guessed.
      const decipher = createDecipheriv(
        CIPHER,
        contextKey(key, context),
        bytes.subarray(0, NONCE),
        { authTagLength: TAG },
      );
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(bytes.subarray(-TAG));
      try {
        const plaintext = decipher.update(bytes.subarray(NONCE, -TAG));
        // GCM holds nothing back: what comes of this is the verdict.
        decipher.final();
        return plaintext;
      } catch {
        return undefined;
      }
    },
  };
}

/** As a KeyObject: a cipher takes four times as long to begin with a key of plain bytes. */
function contextKey(key: KeyObject, context: string): KeyObject {
  return createSecretKey(createHmac("sha256", key).update(`lightsout/1\0${context}`).digest());
}
