import { inspect } from "node:util";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { SettingInvalid } from "../../src/shared/base/errors.ts";
import { cloudOf } from "../../src/shared/config/cloud.ts";
import {
  type CredentialSettings,
  doubtAbout,
  readCredential as readFor,
} from "../../src/shared/config/credential.ts";
import type { Env } from "../../src/shared/config/env.ts";
import { certificateOf, ecKey, pemOf, rsaKey } from "../support/certificate.ts";

const NAMES =
  "Set exactly one of ENTRA_CLIENT_SECRET, ENTRA_CLIENT_CERTIFICATE and ENTRA_MANAGED_IDENTITY_CLIENT_ID.";
const readCredential = (env: Env, authority = "https://login.microsoftonline.com/t") =>
  readFor(env, cloudOf(authority));
const read = (pem: string) => readCredential({ ENTRA_CLIENT_CERTIFICATE: pem });

describe("exactly one client credential", () => {
  it("takes a secret", () => {
    expect(readCredential({ ENTRA_CLIENT_SECRET: " secret " })).toEqual({
      kind: "secret",
      secret: "secret",
    });
  });

  it.each([
    ["login.microsoftonline.com", "api://AzureADTokenExchange"],
    ["contoso.ciamlogin.com", "api://AzureADTokenExchange"],
    ["login.microsoftonline.us", "api://AzureADTokenExchangeUSGov"],
    ["login.partner.microsoftonline.cn", "api://AzureADTokenExchangeChina"],
    ["login.chinacloudapi.cn", "api://AzureADTokenExchangeChina"],
  ])("takes a managed identity, whose assertion is for the cloud of %s", (host, audience) => {
    const env = { ENTRA_MANAGED_IDENTITY_CLIENT_ID: "id" };
    const expected = {
      kind: "managedIdentity",
      clientId: "id",
      setting: "ENTRA_MANAGED_IDENTITY_CLIENT_ID",
      audience,
    };
    expect(readCredential(env, `https://${host}/tenant`)).toEqual(expected);
  });

  it.each([{}, { ENTRA_CLIENT_SECRET: " " }])("refuses none: %j", (env) => {
    expect(() => readCredential(env)).toThrow(`No client credential is set. ${NAMES}`);
  });

  it.each([
    { ENTRA_CLIENT_SECRET: "hidden", ENTRA_CLIENT_CERTIFICATE: "hidden" },
    { ENTRA_CLIENT_SECRET: "hidden", ENTRA_MANAGED_IDENTITY_CLIENT_ID: "hidden" },
    { ENTRA_CLIENT_CERTIFICATE: "hidden", ENTRA_MANAGED_IDENTITY_CLIENT_ID: "hidden" },
  ])("refuses two: %j", (env) => {
    expect(() => readCredential(env)).toThrow(`More than one client credential is set. ${NAMES}`);
  });
});

describe("certificate", () => {
  const key = rsaKey();
  let certificate: string;
  beforeAll(() => {
    certificate = certificateOf(key);
  });

  it.each<[string, (pem: string) => string]>([
    ["as PEM", (pem) => pem],
    ["with \\n spelled out", (pem) => pem.replaceAll("\n", "\\n")],
    ["with CRLF", (pem) => pem.replaceAll("\n", "\r\n")],
  ])("is read %s", (_, spell) => {
    const found = read(spell(certificate + pemOf(key))) as CredentialSettings & {
      kind: "certificate";
    };
    expect(found.kind).toBe("certificate");
    expect(found.certificate.toString()).toBe(certificate);
    expect(found.privateKey).toBe(pemOf(key));
  });

  it("may come after its key, and the key in PKCS #1", () => {
    expect(read(pemOf(key, "pkcs1") + certificate)).toMatchObject({ privateKey: pemOf(key) });
  });

  it.each<[string, () => string]>([
    ["no key", () => certificate],
    ["no certificate", () => pemOf(key)],
    ["another certificate's key", () => certificate + pemOf(rsaKey())],
    ["an EC key", () => withKey(ecKey())],
    ["an encrypted key", () => certificate + encrypted()],
    ["a cut-off key", () => certificate + pemOf(key).slice(0, 600)],
    ["no PEM", () => "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"],
  ])("is refused with %s, and the message repeats nothing of it", (_, pem) => {
    const error = thrownBy(() => read(pem()));
    expect(error).toBeInstanceOf(SettingInvalid);
    expect(error.message).toBe(
      "ENTRA_CLIENT_CERTIFICATE is not usable. It has to be PEM text with one certificate and its unencrypted RSA private key.",
    );
    const printed = inspect(error, { depth: 9 });
    for (const line of pem()
      .split("\n")
      .filter((text) => text.length > 20)) {
      expect(printed).not.toContain(line);
    }
  });

  const withKey = (other: ReturnType<typeof ecKey>) => certificateOf(other) + pemOf(other);

  const encrypted = () =>
    key
      .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "hidden" })
      .toString();
});

describe("doubtAbout", () => {
  const ID = "0f8fad5b-d9cb-469f-a165-70867728950e";

  it("takes a secret that is a GUID for the secret's id, and does not repeat it", () => {
    for (const secret of [ID, ID.toUpperCase()]) {
      const doubt = doubtAbout({ kind: "secret", secret });
      expect(doubt).toMatch(/^ENTRA_CLIENT_SECRET is a GUID.* under Value/);
      expect(doubt).not.toContain(secret);
    }
  });

  it.each<CredentialSettings>([
    { kind: "secret", secret: "a8Q~ecret" },
    { kind: "secret", secret: `${ID}~` },
    { kind: "managedIdentity", clientId: ID, setting: "s", audience: "api://AzureADTokenExchange" },
  ])("has nothing to say about %j", (credential) => {
    expect(doubtAbout(credential)).toBeUndefined();
  });
});

function thrownBy(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error("Nothing was thrown.");
}
