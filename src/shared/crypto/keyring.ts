import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
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

/** 256 random bits that are kept apart from the ring. */
export type Share = Uint8Array;

export interface Keyring {
  /**
   * Seals with the first key. Only {@link unseal} for the same purpose and row gives the content back.
   *
   * @param purpose One of a few: its key is derived once.
   * @param row Which of the many things with this purpose. Each has a key of its own.
   * @param share What somebody else has to bring: without it, the keys of the ring unseal nothing.
   */
  seal(plaintext: Uint8Array, purpose: string, row?: string, share?: Share): Sealed;
  /** @returns undefined when the key is not in the ring, or the bytes are not what was sealed for this. */
  unseal(sealed: Sealed, purpose: string, row?: string, share?: Share): Buffer | undefined;
  /** By key id: 48 bits of a MAC. They tell two keys with one id apart, and say nothing about either. */
  readonly fingerprints: ReadonlyMap<string, string>;
}

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = "aes-256-gcm";
// Without it, Node also accepts a tag of 4 bytes, which can be guessed.
const OPTIONS = { authTagLength: TAG_BYTES };

/**
 * AES-256-GCM (NIST SP 800-38D). The keys are derived by HMAC-SHA-256, one for each row, so that the number of
 * random nonces under one key stays far from its limit of 2^32 however many accounts there are. A share is mixed in
 * by HKDF-SHA-256 (RFC 5869; the two-step derivation of NIST SP 800-56C): it is the salt, the row's key the secret.
 *
 * @param keys The first one seals. Each of them unseals.
 * @param randomBytes Source of nonces.
 */
export function createKeyring(
  keys: readonly SealingKey[],
  randomBytes: (size: number) => Uint8Array,
): Keyring {
  const ring = keys.map(({ id, key }) => ({ id, keyFor: derivationFrom(key) }));
  const [current] = ring;
  if (current === undefined) throw new TypeError("A keyring needs at least one key.");
  const byId = new Map(ring.map(({ id, keyFor }) => [id, keyFor]));

  return {
    fingerprints: new Map(keys.map(({ id, key }) => [id, fingerprintOf(key)])),

    seal(plaintext, purpose, row, share) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, current.keyFor(purpose, row, share), nonce, OPTIONS);
      cipher.setAAD(contextOf(purpose, row));
      const ciphertext = [cipher.update(plaintext), cipher.final()];
      return {
        keyId: current.id,
        bytes: Buffer.concat([nonce, ...ciphertext, cipher.getAuthTag()]),
      };
    },

    unseal({ keyId, bytes }, purpose, row, share) {
      const keyFor = byId.get(keyId);
      if (keyFor === undefined || bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
      const nonce = bytes.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv(CIPHER, keyFor(purpose, row, share), nonce, OPTIONS);
      decipher.setAAD(contextOf(purpose, row));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      try {
        const plaintext = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
        // Throws where the tag does not fit: until then, nothing of the plaintext is to be believed.
        decipher.final();
        return plaintext;
      } catch {
        return undefined;
      }
    },
  };
}

/** How many purposes. Every sign-in has a cookie of its own name, and anybody can name more. */
const REMEMBERED = 100;

type Derivation = (purpose: string, row: string | undefined, share: Share | undefined) => KeyObject;

function derivationFrom(root: KeyObject): Derivation {
  const purposes = new Map<string, KeyObject>();
  return (purpose, row, share) => {
    let key = purposes.get(purpose);
    if (key === undefined) {
      key = derived(root, `lightsout/1\0${purpose}`);
      purposes.set(purpose, key);
      const [oldest] = purposes.keys();
      if (purposes.size > REMEMBERED && oldest !== undefined) purposes.delete(oldest);
    }
    const rowKey = row === undefined ? key : derived(key, row);
    if (share === undefined) return rowKey;
    const info = `lightsout/share\0${purpose}\0${row}`;
    return createSecretKey(Buffer.from(hkdfSync("sha256", rowKey, share, info, KEY_BYTES)));
  };
}

function fingerprintOf(key: KeyObject): string {
  return createHmac("sha256", key).update("lightsout/fingerprint").digest("base64url").slice(0, 8);
}

/** As a KeyObject: a cipher takes four times as long to begin with a key of plain bytes. */
function derived(key: KeyObject, info: string): KeyObject {
  return createSecretKey(createHmac("sha256", key).update(info).digest());
}

function contextOf(purpose: string, row = ""): Buffer {
  return Buffer.from(`${purpose}/${row}`);
}
