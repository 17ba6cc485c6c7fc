import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
} from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { createKeyring } from "../../src/shared/crypto/keyring.ts";
import { keyring } from "../support/keyring.ts";

const CONTEXT = "account/a/c.1";
const MESSAGE = Buffer.from("attack at dawn");
const OVERHEAD = 12 + 16;

const ring = keyring("k1");
const sealed = ring.seal(MESSAGE, CONTEXT);
const open = (bytes: Uint8Array) => ring.unseal({ keyId: "k1", bytes }, CONTEXT);

/** The message sealed by hand, with a tag of so many bytes. */
function sealByHand(authTagLength: number): Uint8Array {
  const key = createHmac("sha256", Buffer.alloc(32, "k1"))
    .update(`lightsout/1\0${CONTEXT}`)
    .digest();
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength });
  cipher.setAAD(Buffer.from(`${CONTEXT}/`));
  const ciphertext = [cipher.update(MESSAGE), cipher.final()];
  return Buffer.concat([nonce, ...ciphertext, cipher.getAuthTag()]);
}

const keyOf = (text: string) => createSecretKey(Buffer.alloc(32, text));
/** A keyring whose nonce never changes. */
const withNonce = (id: string) =>
  createKeyring([{ id, key: keyOf(id) }], (size) => Buffer.from("twelve bytes").subarray(0, size));
/** A keyring with another key of the same id. */
const renamed = (other: string) => createKeyring([{ id: "k1", key: keyOf(other) }], randomBytes);

describe("a sealed message", () => {
  it.each([0, 1, 14, 16, 64 * 1024 + 1])("of %i bytes comes back", (length) => {
    const message = randomBytes(length);
    const again = ring.seal(message, CONTEXT);
    expect(again.bytes).toHaveLength(length + OVERHEAD);
    expect(ring.unseal(again, CONTEXT)).toEqual(message);
  });

  it.each([0x01, 0x80])("does not open with bit %i of any byte flipped", (bit) => {
    for (const [at, byte] of sealed.bytes.entries()) {
      const flipped = Buffer.from(sealed.bytes);
      flipped[at] = byte ^ bit;
      expect([at, open(flipped)]).toEqual([at, undefined]);
    }
  });

  it("does not open when bytes are missing, at either end, or too many", () => {
    for (let length = 0; length < sealed.bytes.length; length++) {
      expect([length, open(sealed.bytes.subarray(0, length))]).toEqual([length, undefined]);
      expect([length, open(sealed.bytes.subarray(-length - 1, -1))]).toEqual([length, undefined]);
    }
    expect(open(sealed.bytes.subarray(1))).toBeUndefined();
    expect(open(Buffer.concat([sealed.bytes, Buffer.alloc(1)]))).toBeUndefined();
    expect(open(sealed.bytes)).toEqual(MESSAGE);
  });

  it.each(["", "account/a/c.2", "account/b/c.1", "account/a/c.1 ", "ACCOUNT/a/c.1"])(
    "does not open in the context %j",
    (context) => expect(ring.unseal(sealed, context)).toBeUndefined(),
  );

  it("opens in its own row only", () => {
    const inRow = ring.seal(MESSAGE, "account", "a/c.1");
    expect(ring.unseal(inRow, "account", "a/c.1")).toEqual(MESSAGE);
    for (const row of ["a/c.2", "b/c.1", "", "A/c.1"]) {
      expect([row, ring.unseal(inRow, "account", row)]).toEqual([row, undefined]);
    }
    expect(ring.unseal(inRow, "account")).toBeUndefined();
    expect(ring.unseal(inRow, "account/a", "c.1")).toBeUndefined();
    expect(ring.unseal(inRow, "account/a/c.1")).toBeUndefined();
    expect(ring.unseal(sealed, "account", "a/c.1")).toBeUndefined();
  });

  it("needs its whole tag: one of 4 bytes can be guessed", () => {
    expect(open(sealByHand(16))).toEqual(MESSAGE);
    expect(open(sealByHand(12))).toBeUndefined();
    expect(open(sealByHand(4))).toBeUndefined();
  });

  it("is never the same twice", () => {
    const seals = Array.from({ length: 500 }, () => Buffer.from(ring.seal(MESSAGE, CONTEXT).bytes));
    for (const part of [[0], [0, 12], [12, -16], [-16]]) {
      const parts = seals.map((bytes) => bytes.subarray(...part).toString("hex"));
      expect(new Set(parts).size).toBe(seals.length);
    }
  });

  it("takes its nonce from the source it was given", () => {
    const nonce = Buffer.from("twelve bytes");
    expect(withNonce("k1").seal(MESSAGE, CONTEXT).bytes.subarray(0, 12)).toEqual(nonce);
  });

  it("has a key of its own for each root key, purpose and row", () => {
    const places: [purpose: string, row?: string][] = [
      ["account"],
      ["account", ""],
      ["account", "a/c.1"],
      ["account", "a/c.2"],
      ["account", "b/c.1"],
      ["cookie/name"],
      ["cookie/other"],
    ];
    // Under one key, the same message with the same nonce would be the same ciphertext.
    const ciphertexts = ["k1", "k2"].flatMap((id) =>
      places.map((place) => {
        const { bytes } = withNonce(id).seal(MESSAGE, ...place);
        return Buffer.from(bytes.subarray(12, -16)).toString("hex");
      }),
    );
    expect(new Set(ciphertexts).size).toBe(2 * places.length);
  });
});

describe("a keyring", () => {
  it("seals with the first key and opens with all", () => {
    const before = keyring("old");
    const during = keyring("new", "old");
    const after = keyring("new");
    const byOld = before.seal(MESSAGE, CONTEXT);
    const byNew = during.seal(MESSAGE, CONTEXT);
    expect([byOld.keyId, byNew.keyId]).toEqual(["old", "new"]);
    expect([byOld, byNew].map((one) => during.unseal(one, CONTEXT))).toEqual([MESSAGE, MESSAGE]);
    expect(after.unseal(byNew, CONTEXT)).toEqual(MESSAGE);
    expect(after.unseal(byOld, CONTEXT)).toBeUndefined();
    expect(before.unseal(byNew, CONTEXT)).toBeUndefined();
  });

  it.each(["", "K1", "k2", "__proto__"])("does not open under the key id %j", (keyId) => {
    expect(ring.unseal({ ...sealed, keyId }, CONTEXT)).toBeUndefined();
  });

  it("tells two keys apart that go by the same id", () => {
    expect(renamed("k2").unseal(sealed, CONTEXT)).toBeUndefined();
  });

  it("needs a key", () => {
    expect(() => createKeyring([], randomBytes)).toThrow("A keyring needs at least one key.");
  });
});

describe("with a share", () => {
  const share = randomBytes(32);
  const shared = ring.seal(MESSAGE, "account", "row", share);

  it("needs this share, these keys, this purpose and this row", () => {
    expect(ring.unseal(shared, "account", "row", share)).toEqual(MESSAGE);
    const flipped = Uint8Array.from(share, (byte, at) => (at === 31 ? byte ^ 1 : byte));
    for (const other of [undefined, flipped, share.subarray(1), new Uint8Array(0)]) {
      expect(ring.unseal(shared, "account", "row", other)).toBeUndefined();
    }
    expect(renamed("k2").unseal(shared, "account", "row", share)).toBeUndefined();
    expect(ring.unseal(shared, "session", "row", share)).toBeUndefined();
    expect(ring.unseal(shared, "account", "another", share)).toBeUndefined();
    // And what was sealed without one opens without one only.
    const without = ring.seal(MESSAGE, "account", "row");
    expect(ring.unseal(without, "account", "row", share)).toBeUndefined();
  });

  it("is sealed under HKDF-SHA-256 of the row's key, with the share as its salt", () => {
    const hmac = (key: Uint8Array, text: Uint8Array | string) =>
      createHmac("sha256", key).update(text).digest();
    const rowKey = hmac(hmac(Buffer.alloc(32, "k1"), "lightsout/1\0account"), "row");
    const prk = hmac(share, rowKey);
    const key = hmac(
      prk,
      Buffer.concat([Buffer.from("lightsout/share\0account\0row"), Buffer.of(1)]),
    );
    const decipher = createDecipheriv("aes-256-gcm", key, shared.bytes.subarray(0, 12));
    decipher.setAAD(Buffer.from("account/row"));
    decipher.setAuthTag(shared.bytes.subarray(-16));
    const plain = [decipher.update(shared.bytes.subarray(12, -16)), decipher.final()];
    expect(Buffer.concat(plain)).toEqual(MESSAGE);
  });
});
