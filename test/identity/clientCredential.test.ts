import { createHash, randomBytes, X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { jwtVerify } from "jose";
import type { CredentialSettings } from "../../src/shared/config/credential.ts";
import { createClientCredential } from "../../src/shared/identity/clientCredential.ts";
import { certificateOf, pemOf, rsaKey } from "../support/certificate.ts";
import { NOW } from "../support/identity.ts";
import { CLIENT_ID } from "../support/settings.ts";

const ENDPOINT = "https://login.microsoftonline.com/t/oauth2/v2.0/token";
const noIdentity = () => {
  throw new Error("No managed identity here.");
};

/** What MSAL does with the credential. */
async function assertion(
  { clientAssertion }: ReturnType<typeof createClientCredential>,
  tokenEndpoint = ENDPOINT,
): Promise<string> {
  if (typeof clientAssertion !== "function") throw new Error("There is no assertion.");
  return await clientAssertion({ clientId: CLIENT_ID, tokenEndpoint });
}

it("a client secret goes to MSAL as it is", () => {
  const settings = { kind: "secret", secret: "s" } as const;
  const credential = createClientCredential(settings, CLIENT_ID, noIdentity, {
    now: () => NOW,
    randomBytes,
  });
  expect(credential).toEqual({ clientSecret: "s" });
});

describe("certificate", () => {
  let settings: CredentialSettings & { kind: "certificate" };
  let now: number;
  beforeAll(() => {
    const key = rsaKey();
    const certificate = new X509Certificate(certificateOf(key));
    settings = { kind: "certificate", certificate, privateKey: pemOf(key) };
  });

  function credential() {
    now = NOW;
    return createClientCredential(settings, CLIENT_ID, noIdentity, { now: () => now, randomBytes });
  }

  const verify = (token: string, at = now) =>
    jwtVerify(token, settings.certificate.publicKey, { currentDate: new Date(at) });

  it("signs an assertion as Entra ID takes it", async () => {
    const { protectedHeader, payload } = await verify(await assertion(credential()));
    const thumbprint = createHash("sha256").update(settings.certificate.raw).digest("base64url");
    expect(protectedHeader).toEqual({ alg: "PS256", typ: "JWT", "x5t#S256": thumbprint });
    expect(payload).toEqual({
      iss: CLIENT_ID,
      sub: CLIENT_ID,
      aud: ENDPOINT,
      jti: expect.stringMatching(/^[\w-]{22}$/),
      iat: NOW / 1_000,
      nbf: NOW / 1_000,
      exp: NOW / 1_000 + 600,
    });
  });

  it("signs once while the assertion is good, also for many at once", async () => {
    const one = credential();
    const all = await Promise.all(Array.from({ length: 10 }, () => assertion(one)));
    now += 479_000;
    expect(new Set([...all, await assertion(one)]).size).toBe(1);
  });

  it("signs a new one in time", async () => {
    const one = credential();
    const first = await assertion(one);
    now += 480_000;
    const second = await assertion(one);
    expect(second).not.toBe(first);
    await verify(first);
    const { payload } = await verify(second, now + 599_000);
    expect(payload.iat).toBe(now / 1_000);
  });

  it("signs a new one when its clock, which was ahead, has been put right", async () => {
    const one = credential();
    now += 3_600_000;
    await assertion(one);
    now -= 3_600_000;
    const { payload } = await verify(await assertion(one));
    expect(payload.nbf).toBe(now / 1_000);
  });

  it("does not send one endpoint's assertion to another", async () => {
    const one = credential();
    await assertion(one);
    const elsewhere = ENDPOINT.replace("/t/", "/u/");
    const { payload } = await verify(await assertion(one, elsewhere));
    expect(payload.aud).toBe(elsewhere);
  });
});

describe("managed identity", () => {
  const audience = "api://AzureADTokenExchangeChina";
  const setting = "ENTRA_MANAGED_IDENTITY_CLIENT_ID";
  const settings = { kind: "managedIdentity", clientId: "identity", setting, audience } as const;

  it("exchanges the identity's own token, which somebody else keeps", async () => {
    const asked: unknown[] = [];
    const identity = (...name: unknown[]) => {
      asked.push(...name);
      return async (...request: unknown[]) => {
        asked.push(request);
        return `token-${asked.length}`;
      };
    };
    const credential = createClientCredential(settings, CLIENT_ID, identity, {
      now: () => NOW,
      randomBytes,
    });
    expect(asked).toEqual([{ clientId: "identity", setting }]);
    await expect(assertion(credential)).resolves.toBe("token-2");
    await expect(assertion(credential)).resolves.toBe("token-3");
    expect(asked.slice(1)).toEqual([
      [audience, 10_000],
      [audience, 10_000],
    ]);
  });
});
