import { beforeEach, describe, expect, it } from "@jest/globals";
import {
  claims,
  ISSUER,
  idTokens,
  NONCE,
  NOW,
  OID,
  OTHER_TENANT_ID,
  providerKey,
  providerMetadata,
  rejected,
  signed,
} from "../support/identity.ts";
import { startLoopback } from "../support/loopback.ts";
import { CLIENT_ID, TENANT_ID } from "../support/settings.ts";
import { shared } from "../support/shared.ts";

const SECONDS = NOW / 1_000;

const provider = shared(startLoopback);
const key = await providerKey();
beforeEach(() => {
  provider.respond = () => ({ body: { keys: [key.jwk] } });
});

function validator(changes: object = {}, allowed?: string[]) {
  return idTokens(async () => providerMetadata(provider.url, changes), undefined, allowed);
}

async function validate(changes: Record<string, unknown> = {}, header = {}) {
  return validator().validate(await signed(claims(changes), key, header), NONCE);
}

describe("a good ID token", () => {
  it("gives its claims", async () => {
    await expect(validate()).resolves.toEqual({
      iss: ISSUER,
      tid: TENANT_ID,
      oid: OID,
      sub: "pairwise-subject",
      iat: NOW / 1_000 - 300,
      name: "Adele Vance",
      preferred_username: "adelev@contoso.com",
      sid: "the-sid",
      login_hint: "the-hint",
      acrs: [],
      roles: [],
      groupsOverage: false,
      handedOn: {},
    });
  });

  it.each([{ sid: undefined }, { sid: "" }, { sid: null }])(
    "may lack the optional claims: %p",
    async (changes) => {
      const lacking = { ...changes, login_hint: undefined, name: undefined, preferred_username: 5 };
      await expect(validate(lacking)).resolves.toMatchObject({
        sid: undefined,
        login_hint: undefined,
        name: "",
        preferred_username: "",
      });
    },
  );

  it.each(["x".repeat(512), " ", " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ "])(
    "may name its session %j",
    async (sid) => {
      await expect(validate({ sid })).resolves.toMatchObject({ sid });
    },
  );

  it.each([
    { aud: [CLIENT_ID] },
    { azp: CLIENT_ID },
    { exp: SECONDS - 119 },
    { nbf: SECONDS + 120 },
    { iat: SECONDS + 120 },
    { nbf: undefined },
  ])("may have %p", async (changes) => {
    await expect(validate(changes)).resolves.toMatchObject({ oid: OID });
  });
});

describe("a claim that is wrong or missing", () => {
  const cases: [string, Record<string, unknown>][] = [
    ["id_token_iss", { iss: undefined }],
    ["id_token_issuer", { iss: `${ISSUER}/` }],
    ["id_token_issuer", { iss: ISSUER.replace(TENANT_ID, OTHER_TENANT_ID) }],
    ["id_token_issuer", { iss: ISSUER.replace("https", "http") }],
    ["id_token_issuer", { iss: [ISSUER] }],
    ["id_token_aud", { aud: undefined }],
    ["id_token_aud", { aud: OTHER_TENANT_ID }],
    ["id_token_aud", { aud: CLIENT_ID.toUpperCase() }],
    ["id_token_aud", { aud: [] }],
    ["id_token_aud", { aud: [CLIENT_ID, "another-app"] }],
    ["id_token_azp", { azp: OTHER_TENANT_ID }],
    ["id_token_azp", { azp: "" }],
    ["id_token_azp", { azp: null }],
    ["id_token_exp", { exp: undefined }],
    ["id_token_exp", { exp: String(SECONDS + 60) }],
    ["id_token_jwt_expired", { exp: SECONDS - 120 }],
    ["id_token_iat", { iat: undefined }],
    ["id_token_iat", { iat: SECONDS + 121 }],
    ["id_token_iat", { iat: "now" }],
    ["id_token_jwt_expired", { iat: SECONDS - 25 * 3_600 }],
    ["id_token_nbf", { nbf: SECONDS + 121 }],
    ["id_token_nonce", { nonce: undefined }],
    ["id_token_nonce", { nonce: "another" }],
    ["id_token_nonce", { nonce: [NONCE] }],
    ["id_token_nonce", { nonce: "" }],
    ["id_token_sub", { sub: undefined }],
    ["id_token_sid", { sid: "x".repeat(513) }],
    ["id_token_sid", { sid: "\u00e9" }],
    ["id_token_sid", { sid: "the-sid\n" }],
    ["id_token_sid", { sid: 5 }],
    ["id_token_sid", { sid: ["the-sid"] }],
    ["id_token_claims", { sub: "" }],
    ["id_token_claims", { sub: 5 }],
    ["id_token_tid", { tid: undefined }],
    ["id_token_claims", { tid: "contoso.com" }],
    ["id_token_claims", { tid: "{tenantid}" }],
    ["id_token_claims", { tid: [TENANT_ID] }],
    ["id_token_tid", { tid: OTHER_TENANT_ID }],
    ["id_token_oid", { oid: undefined }],
    ["id_token_claims", { oid: "adelev@contoso.com" }],
    ["id_token_claims", { oid: { toString: "x" } }],
  ];
  it.each(cases)("%s: %p", async (reason, changes) => {
    await expect(validate(changes)).rejects.toMatchObject(rejected(reason));
  });

  it("is not repeated in the message", async () => {
    const message = "This sign-in could not be completed. Please start again.";
    await expect(validate({ iss: "https://evil.example" })).rejects.toMatchObject({ message });
  });
});

describe("another kind of token", () => {
  it("a logout token is not an ID token", async () => {
    const events = { "http://schemas.openid.net/event/backchannel-logout": {} };
    const logout = { events, jti: "1", nonce: undefined };
    for (const typ of ["JWT", "logout+jwt"]) {
      await expect(validate(logout, { typ })).rejects.toMatchObject(rejected("id_token_nonce"));
    }
  });

  it("an access token for Microsoft Graph is not an ID token", async () => {
    const changes = { aud: "00000003-0000-0000-c000-000000000000", scp: "User.Read" };
    await expect(validate(changes)).rejects.toMatchObject(rejected("id_token_aud"));
  });
});

describe("several tenants", () => {
  const TEMPLATE = { issuer: ISSUER.replace(TENANT_ID, "{tenantid}") };
  const guest = { tid: OTHER_TENANT_ID, iss: ISSUER.replace(TENANT_ID, OTHER_TENANT_ID) };

  it("the issuer has the token's tenant in it", async () => {
    const token = await signed(claims(guest), key);
    await expect(validator(TEMPLATE).validate(token, NONCE)).resolves.toMatchObject({
      tid: OTHER_TENANT_ID,
    });
  });

  it.each([{ tid: OTHER_TENANT_ID }, { ...guest, tid: TENANT_ID }, { iss: TEMPLATE.issuer }])(
    "the two have to agree: %p",
    async (changes) => {
      const token = await signed(claims(changes), key);
      const error = rejected("id_token_issuer");
      await expect(validator(TEMPLATE).validate(token, NONCE)).rejects.toMatchObject(error);
    },
  );

  it("only allowed tenants are let in, in whatever case", async () => {
    const tid = TENANT_ID.toUpperCase();
    const upper = await signed(claims({ tid, iss: ISSUER.replace(TENANT_ID, tid) }), key);
    const allowing = validator(TEMPLATE, [TENANT_ID]);
    await expect(allowing.validate(upper, NONCE)).resolves.toMatchObject({ tid });
    await expect(allowing.validate(await signed(claims(guest), key), NONCE)).rejects.toMatchObject({
      ...rejected("tenant_not_allowed"),
      message: "Your organization has no access to this app. Sign in with another account.",
    });
  });

  it.each<[string, string | undefined]>([
    [TEMPLATE.issuer, undefined],
    [ISSUER, undefined],
    [guest.iss, "id_token_key_issuer"],
    ["https://login.microsoftonline.us/{tenantid}/v2.0", "id_token_key_issuer"],
  ])("a key of %s signs for it only", async (issuer, reason) => {
    provider.respond = () => ({ body: { keys: [{ ...key.jwk, issuer }] } });
    const outcome = validator(TEMPLATE).validate(await signed(claims(), key), NONCE);
    const settled = await outcome.then(
      () => undefined,
      (error: { reason: string }) => error.reason,
    );
    expect(settled).toBe(reason);
  });
});
