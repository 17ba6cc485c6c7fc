import { createHmac, createPublicKey, KeyObject, sign } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import {
  claims,
  idTokens,
  NONCE,
  providerKey,
  providerMetadata,
  rejected,
  signed,
} from "../support/identity.ts";
import { startLoopback } from "../support/loopback.ts";
import { shared } from "../support/shared.ts";

const [key, other] = [await providerKey("key-1"), await providerKey("key-2")];
const provider = shared(() => startLoopback(() => ({ body: { keys: [key.jwk] } })));

const validate = (token: string) =>
  idTokens(async () => providerMetadata(provider.url)).validate(token, NONCE);

function encoded(header: object, payload: object, sign: (input: string) => string): string {
  const content = `${base64url(header)}.${base64url(payload)}`;
  return `${content}.${sign(content)}`;
}
const base64url = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");

describe("signature", () => {
  const OTHER = base64url(claims({ oid: crypto.randomUUID() }));

  it.each([{}, { kid: "key-1" }, { alg: "none", kid: "key-1" }, { alg: "NONE" }, { alg: "None" }])(
    "is there: %j",
    async (header) => {
      const token = encoded({ alg: "none", ...header }, claims(), () => "");
      await expect(validate(token)).rejects.toMatchObject(
        rejected("id_token_jose_alg_not_allowed"),
      );
    },
  );

  it("is not an HMAC keyed with the public key, in any of its spellings", async () => {
    const publicKey = createPublicKey({ key: key.jwk, format: "jwk" });
    const spellings = [
      publicKey.export({ type: "spki", format: "pem" }),
      publicKey.export({ type: "spki", format: "der" }),
      publicKey.export({ type: "pkcs1", format: "pem" }),
      JSON.stringify(key.jwk),
      String(key.jwk.n),
    ];
    for (const secret of spellings) {
      const token = encoded({ alg: "HS256", kid: "key-1" }, claims(), (input) =>
        createHmac("sha256", secret).update(input).digest("base64url"),
      );
      await expect(validate(token)).rejects.toMatchObject(
        rejected("id_token_jose_alg_not_allowed"),
      );
    }
  });

  it.each(["PS256", "RS512", "ES256", "EdDSA"])("is not %s", async (alg) => {
    const token = encoded({ alg, kid: "key-1" }, claims(), () => "AAAA");
    await expect(validate(token)).rejects.toMatchObject(rejected("id_token_jose_alg_not_allowed"));
  });

  it.each<[string, (header: string, payload: string, signature: string) => string]>([
    ["cut off", (header, payload) => `${header}.${payload}.`],
    ["of other content", (header, _, signature) => `${header}.${OTHER}.${signature}`],
  ])("is not one %s", async (_, change) => {
    const [header = "", payload = "", signature = ""] = (await signed(claims(), key)).split(".");
    const reason = "id_token_jws_signature_verification_failed";
    const changed = change(header, payload, signature);
    await expect(validate(changed)).rejects.toMatchObject(rejected(reason));
  });

  it("is not of a key that comes with the token", async () => {
    for (const header of [
      { jwk: other.jwk },
      { jku: `${provider.url}/mine` },
      { x5u: `${provider.url}/mine` },
      { kid: "../../etc/passwd" },
    ]) {
      const token = await signed(claims(), other, { kid: "key-1", ...header });
      await expect(validate(token)).rejects.toMatchObject({ code: "ERR_SIGN_IN_REJECTED" });
    }
    expect(new Set(provider.requests.map(({ url }) => url)).size).toBe(1);
  });

  it("is not taken where its header names an extension that has to be understood", async () => {
    const privateKey = KeyObject.from(key.privateKey);
    const header = { alg: "RS256", kid: "key-1" };
    const signedWith = (more: object) =>
      encoded({ ...header, ...more }, claims(), (input) =>
        sign("sha256", Buffer.from(input), privateKey).toString("base64url"),
      );
    await expect(validate(signedWith({}))).resolves.toBeDefined();
    for (const crit of [["exp"], []]) {
      await expect(validate(signedWith({ crit }))).rejects.toMatchObject({
        code: "ERR_SIGN_IN_REJECTED",
      });
    }
  });

  it.each(["", "a", "a.b", "a.b.c", "a.b.c.d.e", "e30.e30.", ".".repeat(500), "null.null.null"])(
    "text that is no token is refused: %s",
    async (token) => {
      await expect(validate(token)).rejects.toMatchObject({ code: "ERR_SIGN_IN_REJECTED" });
    },
  );
});
