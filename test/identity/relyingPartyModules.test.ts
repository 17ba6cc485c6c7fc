import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { afterEach, describe, expect, it, jest } from "@jest/globals";
import type { JWK, JWTPayload } from "jose";
import { signIn, tenantOfApp, testApp } from "../support/app.ts";
import { flipped } from "../support/flipped.ts";
import { type Loopback, startLoopback } from "../support/loopback.ts";
import { TENANT_ID } from "../support/settings.ts";
import { shared } from "../support/shared.ts";

/*
 * The relying party modules of the OpenID Foundation's conformance suite that are about ID tokens and keys, in
 * the substance and by their names, with the whole sign-in. Those about logout are in functions/backchannel.test.ts.
 */

interface Key {
  readonly alg: string;
  readonly privateKey: KeyObject;
  readonly jwk: JWK;
}

type KeyPair = { readonly privateKey: KeyObject; readonly publicKey: KeyObject };

function keyOf(alg: string, { privateKey, publicKey }: KeyPair, more: JWK): Key {
  return { alg, privateKey, jwk: { ...publicKey.export({ format: "jwk" }), use: "sig", ...more } };
}

const rsa = (more: JWK) =>
  keyOf("RS256", generateKeyPairSync("rsa", { modulusLength: 2_048 }), more);
const RSA = rsa({ kid: "rsa" });
const OTHER_RSA = rsa({ kid: "rsa-2" });
const ENCRYPTION = rsa({ kid: "enc", use: "enc", alg: "RSA-OAEP" });
const P256 = keyOf("ES256", generateKeyPairSync("ec", { namedCurve: "P-256" }), { kid: "p256" });
const SECP256K1 = keyOf("ES256K", generateKeyPairSync("ec", { namedCurve: "secp256k1" }), {
  kid: "secp256k1",
});
const ED25519 = keyOf("EdDSA", generateKeyPairSync("ed25519"), { kid: "ed25519" });
/** Every kind of key at once, as the suite publishes them. */
const MIXED = [ENCRYPTION, ED25519, SECP256K1, P256, RSA].map(({ jwk }) => jwk);
const withoutKid = ({ kid: _, ...jwk }: JWK): JWK => jwk;
const NO_KID = { kid: undefined };

/** RFC 7517 §5: what a recipient cannot use, it ignores. */
const UNUSABLE = [
  { kty: "AKP", alg: "ML-DSA-999", kid: "post-quantum", pub: "AAAA", use: "sig" },
  { kty: "MADE-UP", kid: "made-up", use: "sig" },
  { kty: "RSA", kid: "no-modulus", e: "AQAB", use: "sig" },
  { kty: "RSA", kid: "no-kid-no-modulus", n: "", e: "", alg: "RS256" },
  { kty: "EC", crv: "P-999", kid: "no-curve", x: "AA", y: "AA" },
];

const tenant = shared(tenantOfApp);
const provider: Loopback = shared(() =>
  startLoopback(async ({ url }) => {
    if (url === "/keys") return { body: { keys: published } };
    const metadata = (await (await fetch(tenant.metadataUrl)).json()) as object;
    return { body: { ...metadata, jwks_uri: `${provider.url}/keys`, ...discovery } };
  }),
);
let published: readonly object[];
let discovery: object;
afterEach(() => {
  jest.restoreAllMocks();
});

const newApp = () =>
  testApp({
    ENTRA_TENANT_ID: TENANT_ID,
    ENTRA_METADATA_URL: `${provider.url}/${TENANT_ID}/v2.0/.well-known/openid-configuration`,
  });

interface Signing {
  readonly key: Key;
  /** `undefined` takes a member away. */
  readonly header: object;
}

function signed(claims: JWTPayload, { key, header }: Signing): string {
  const parts = [{ typ: "JWT", alg: key.alg, kid: key.jwk.kid, ...header }, claims];
  const content = parts.map(base64url).join(".");
  const hash = key.alg === "EdDSA" ? null : "sha256";
  const ieee = { key: key.privateKey, dsaEncoding: "ieee-p1363" } as const;
  const signature = sign(hash, Buffer.from(content), ieee);
  return `${content}.${signature.toString("base64url")}`;
}

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

interface Module {
  /** Default: {@link MIXED}. */
  readonly keys?: readonly object[];
  /** Default: {@link RSA}. */
  readonly key?: Key;
  readonly header?: object;
  /** `undefined` takes a claim away. */
  readonly claims?: Record<string, unknown>;
  /** The token that is sent instead. */
  readonly forge?: (claims: JWTPayload, signing: Signing) => string;
  readonly metadata?: object;
}

/** @returns `signed in`, or why not. */
async function signInWith(module: Module, one = newApp()): Promise<string> {
  const { keys = MIXED, key = RSA, header = {}, claims = {}, forge = signed } = module;
  published = keys;
  discovery = module.metadata ?? {};
  tenant.switches.idTokenOverrides = (given) =>
    forge(JSON.parse(JSON.stringify({ ...given, ...claims })), { key, header });
  const rows = one.table.rows.size;
  try {
    expect(await signIn(one)).toMatch(/^k1\./);
    return "signed in";
  } catch (error) {
    const { reason, code } = error as { reason?: string; code?: string };
    // What was used once is noted; nothing else is.
    expect([...one.table.rows.keys()].slice(rows).filter((row) => !/^t\./.test(row))).toEqual([]);
    return reason ?? code ?? String(error);
  }
}

const ISSUER = () => tenant.issuer;

const NO_KEY = "id_token_jwks_no_matching_key";
const WRONG = "id_token_jws_signature_verification_failed";
const ALGORITHM = "id_token_jose_alg_not_allowed";

function withHmac(claims: JWTPayload): string {
  const content = `${base64url({ alg: "HS256" })}.${base64url(claims)}`;
  const hmac = createHmac("sha256", "another secret").update(content);
  return `${content}.${hmac.digest("base64url")}`;
}

describe("OpenID Foundation conformance suite", () => {
  const FLIPPED: Module = { forge: (...signing) => flipped(signed(...signing)) };
  const NO_KID_BUT_ONE = [...MIXED.slice(0, -1), withoutKid(RSA.jwk)];

  it.each<[string, string, Module]>([
    ["signed in", "", {}],
    ["signed in", "-idtoken-sig-rs256", { keys: [RSA.jwk] }],
    ["id_token_issuer", "-invalid-iss", { claims: { iss: "https://evil.example" } }],
    ["id_token_sub", "-missing-sub", { claims: { sub: undefined } }],
    ["id_token_aud", "-invalid-aud", { claims: { aud: "another-client" } }],
    ["id_token_aud", "-missing-aud", { claims: { aud: undefined } }],
    ["id_token_iat", "-missing-iat", { claims: { iat: undefined } }],
    ["id_token_nonce", "-nonce-invalid", { claims: { nonce: "another" } }],
    [
      ALGORITHM,
      "-idtoken-sig-none",
      { forge: (claims) => `${base64url({ alg: "none" })}.${base64url(claims)}.` },
    ],
    [WRONG, "-invalid-sig-rs256", FLIPPED],
    [ALGORITHM, "-invalid-sig-es256", { key: P256, ...FLIPPED }],
    [ALGORITHM, "-invalid-sig-hs256", { forge: withHmac }],
    ["signed in", "-kid-absent-single-jwks", { keys: NO_KID_BUT_ONE, header: NO_KID }],
    [
      "signed in",
      "-kid-absent-multiple-jwks",
      { keys: [OTHER_RSA.jwk, ...MIXED].map(withoutKid), header: NO_KID },
    ],
    ["signed in", "-ignores-unparseable-key-in-jwks", { keys: [...UNUSABLE, ...MIXED] }],
  ])("%s: oidcc-client-test%s", async (expected, _, module) => {
    expect(await signInWith(module)).toBe(expected);
  });

  it.each(["oidcc-client-test-signing-key-rotation", "…-just-before-signing"])(
    "%s: a key that is new is fetched, at most twice a minute",
    async (name) => {
      const one = newApp();
      if (!name.endsWith("signing")) expect(await signInWith({}, one)).toBe("signed in");
      else {
        // The keys are known by a token that is not good.
        const module = { claims: { aud: "another-client" } };
        expect(await signInWith(module, one)).toBe("id_token_aud");
      }
      const rotated = { keys: [OTHER_RSA.jwk], key: OTHER_RSA };
      expect(await signInWith(rotated, one)).toBe(NO_KEY);
      const later = performance.now() + 31_000;
      jest.spyOn(performance, "now").mockImplementation(() => later);
      expect(await signInWith(rotated, one)).toBe("signed in");
    },
  );
});

describe("keys", () => {
  it.each<[string, string, Module]>([
    [NO_KEY, "without kid, the token with one", { keys: MIXED.map(withoutKid) }],
    [
      "signed in",
      "with kid, the token without one, two of its kind",
      { keys: [OTHER_RSA.jwk, ...MIXED], header: NO_KID },
    ],
    [WRONG, "none of which is the token's", { keys: [OTHER_RSA.jwk, rsa({}).jwk], header: NO_KID }],
    ["signed in", "with one kid for two", { keys: [{ ...OTHER_RSA.jwk, kid: "rsa" }, RSA.jwk] }],
    [
      "signed in",
      "that cannot be used, before and after the one that can, and no kid",
      { keys: [...UNUSABLE, RSA.jwk, ...UNUSABLE].map(withoutKid), header: NO_KID },
    ],
    [NO_KEY, "that cannot be used, alone", { keys: UNUSABLE }],
    [NO_KEY, "for encryption alone", { keys: [{ ...RSA.jwk, use: "enc" }] }],
    [NO_KEY, "that may not verify", { keys: [{ ...RSA.jwk, key_ops: ["encrypt"] }] }],
    [NO_KEY, "for another algorithm", { keys: [{ ...RSA.jwk, alg: "PS256" }] }],
    [NO_KEY, "none", { keys: [] }],
    [ALGORITHM, "of P-256 in ES256", { key: P256 }],
    [ALGORITHM, "of Ed25519", { key: ED25519 }],
    [ALGORITHM, "of secp256k1", { key: SECP256K1 }],
    [NO_KEY, "of P-256 in RS256", { key: { ...P256, alg: "RS256" } }],
    [NO_KEY, "for encryption, that signed", { key: { ...ENCRYPTION, alg: "RS256" } }],
  ])("%s: %s", async (expected, _, module) => {
    expect(await signInWith(module)).toBe(expected);
  });

  it("sign for the issuer that they are marked with, and it is the one that signed that counts", async () => {
    const marked = (jwk: JWK, tenantId: string) => ({
      ...jwk,
      issuer: ISSUER().replace(TENANT_ID, tenantId),
    });
    const ours = (jwk: JWK) => marked(jwk, TENANT_ID);
    const foreign = (jwk: JWK) => marked(jwk, "9188040d-6c67-4c5b-b112-36a304b66dad");
    const twin = { ...OTHER_RSA.jwk, kid: "rsa" };
    expect(await signInWith({ keys: [ours(RSA.jwk)] })).toBe("signed in");
    const refused = "id_token_key_issuer";
    expect(await signInWith({ keys: [foreign(RSA.jwk)] })).toBe(refused);
    expect(await signInWith({ keys: [ours(twin), foreign(RSA.jwk)] })).toBe(refused);
    expect(await signInWith({ keys: [foreign(twin), ours(RSA.jwk)] })).toBe("signed in");
    const nameless = (...keys: JWK[]) => ({ keys: keys.map(withoutKid), header: NO_KID });
    expect(await signInWith(nameless(ours(twin), foreign(RSA.jwk)))).toBe(refused);
    expect(await signInWith(nameless(foreign(twin), ours(RSA.jwk)))).toBe("signed in");
    expect(await signInWith({ keys: [ours(twin), foreign(RSA.jwk)], header: NO_KID })).toBe(
      refused,
    );
  });

  it("that change under one name, or have none, are fetched again, at most twice a minute", async () => {
    for (const header of [{}, NO_KID]) {
      const one = newApp();
      const name = header === NO_KID ? withoutKid : (jwk: JWK) => ({ ...jwk, kid: "rsa" });
      expect(await signInWith({ keys: [name(RSA.jwk)], header }, one)).toBe("signed in");
      const rotated = {
        keys: [name(OTHER_RSA.jwk)],
        key: OTHER_RSA,
        header: { kid: "rsa", ...header },
      };
      expect(await signInWith(rotated, one)).toBe(WRONG);
      const later = performance.now() + 31_000;
      jest.spyOn(performance, "now").mockImplementation(() => later);
      expect(await signInWith(rotated, one)).toBe("signed in");
      jest.restoreAllMocks();
    }
  });

  it("that were withdrawn count for a day at most", async () => {
    const one = newApp();
    expect(await signInWith({}, one)).toBe("signed in");
    const withdrawn = { keys: [OTHER_RSA.jwk], key: RSA };
    expect(await signInWith(withdrawn, one)).toBe("signed in");
    const later = performance.now() + 24 * 3_600_000;
    jest.spyOn(performance, "now").mockImplementation(() => later);
    expect(await signInWith(withdrawn, one)).toBe(NO_KEY);
  });
});

it.each<[string, string, string, string]>([
  ["signed in", "that ends in a slash, in both", "/", "/"],
  ["id_token_issuer", "that ends in a slash in the metadata alone", "/", ""],
  ["id_token_issuer", "that ends in a slash in the token alone", "", "/"],
])("%s: an issuer %s", async (expected, _, inMetadata, inToken) => {
  const issuer = ISSUER();
  const module = { metadata: { issuer: issuer + inMetadata }, claims: { iss: issuer + inToken } };
  expect(await signInWith(module)).toBe(expected);
});
