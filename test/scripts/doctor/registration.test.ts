import { beforeEach, describe, expect, it } from "@jest/globals";
import { examine, type Section } from "../../../scripts/doctor/check.ts";
import { credential, lasting } from "../../../scripts/doctor/checks/credential.ts";
import { registration } from "../../../scripts/doctor/checks/registration.ts";
import { type Patient, patientOf } from "../../../scripts/doctor/patient.ts";
import { readRegistration } from "../../../scripts/doctor/registration.ts";
import { applicationFor } from "../../../scripts/register-app/application.ts";
import { BASE_URL, env, SECRET, TENANT_ID } from "../../support/settings.ts";
import { shared } from "../../support/shared.ts";
import { type Directory, startDirectory, TOKEN } from "../register-app/directory.ts";

const DAY = 24 * 3_600_000;

const directory = shared(startDirectory);
let clientId: string;
let application: Directory["applications"][number];
beforeEach(() => {
  application = directory.seed({ ...applicationFor("The app", BASE_URL) });
  clientId = application.appId;
});

/** The app of a real tenant, whose administrator is signed in with the Azure CLI. */
function patient(changes: Record<string, string | undefined> = {}): Patient {
  const settings = env({ ENTRA_CLIENT_ID: clientId, ...changes });
  const nobodyAnswers = async () => {
    throw new Error("There is no network here.");
  };
  const real = patientOf({ settings, source: "a test" });
  return {
    ...real,
    metadata: nobodyAnswers as never,
    directory: () =>
      readRegistration(real.client as never, directory.url, async () => ({
        token: TOKEN,
        expiresAt: Date.now() + DAY,
        tenantId: TENANT_ID,
      })),
  };
}

async function look(of: Patient, checks = registration) {
  const sections: Section[] = [{ title: "", checks }];
  const lines: string[] = [];
  for await (const { name, status, detail, fix } of examine(of, sections)) {
    if (status === "problem") lines.push(`${name}: ${detail} → ${fix}`);
    if (status === "skipped") lines.push(`${name} – ${detail}`);
  }
  return lines;
}

const SIGN_IN = "Sign-in – takes a person with a password";
const fix = () => `npx lightsout register-app --client-id ${clientId} --base-url ${BASE_URL}`;

it("is in order when npx lightsout register-app has made it", async () => {
  expect(await look(patient())).toEqual([SIGN_IN]);
  expect(directory.writes()).toEqual([]);
});

it("names everything that is missing, and the one command that adds it", async () => {
  application.web = {};
  application.optionalClaims = { idToken: [{ name: "login_hint" }] };
  application.requiredResourceAccess = [];
  expect(await look(patient())).toEqual([
    SIGN_IN,
    `Redirect URI: ${BASE_URL}/auth/callback is not registered: nobody can sign in. → ${fix()}`,
    `Sign-out redirect URI: ${BASE_URL}/auth/signed-out is not registered: sign-out ends at the provider. → ${fix()}`,
    `Front-channel URL: ${BASE_URL}/auth/logout-callback is not the front-channel logout URL: sign-outs in other apps are not noticed. → ${fix()}`,
    `Claim sid: ID tokens have no sid: a sign-out in another app finds its tokens by luck (session_state). → ${fix()}`,
    `Claim auth_time: ID tokens have no auth_time: a function that requires maxAge asks everybody to sign in once more. → ${fix()}`,
    `Claim acrs: ID tokens have no acrs: nobody gets into a function that requires an authenticationContext. → ${fix()}`,
    `Permissions: Microsoft Graph permissions are missing in the registration (wanted as in infra/graph-permissions.json). → ${fix()}`,
  ]);
});

it("is told from another one's front-channel URL", async () => {
  application.web = { ...application.web, logoutUrl: "https://other.example.com/sign-out" };
  expect(await look(patient())).toEqual([SIGN_IN, expect.stringMatching(/^Front-channel URL: /)]);
});

it("cannot have a front-channel URL on this machine", async () => {
  const APP_BASE_URL = "http://localhost:7071";
  application.web = applicationFor("", APP_BASE_URL).web as never;
  expect(await look(patient({ APP_BASE_URL }))).toEqual([
    SIGN_IN,
    "Front-channel URL – Entra ID takes https only: sign-outs in other apps do not reach this machine",
  ]);
});

it("is not there", async () => {
  const ENTRA_CLIENT_ID = "00000000-0000-4000-8000-000000000000";
  const [first] = await look(patient({ ENTRA_CLIENT_ID }));
  expect(first).toBe(
    `Registration: The tenant ${TENANT_ID} has no registration with the client id ${ENTRA_CLIENT_ID}. → Correct ENTRA_CLIENT_ID and ENTRA_TENANT_ID, or make one with npx lightsout register-app.`,
  );
});

describe("without somebody who may read it", () => {
  it("says why", async () => {
    directory.refusals.push({ match: /^GET/, status: 403, code: "Authorization_RequestDenied" });
    const [first] = await look(patient());
    expect(first).toMatch(/^Registration – GET .*403 Authorization_RequestDenied\. Your account/);
  });

  it("says which tenant to sign in to", async () => {
    const ENTRA_TENANT_ID = "00000000-0000-4000-8000-000000000000";
    const lines = await look(patient({ ENTRA_TENANT_ID }));
    expect(lines[0]).toBe(
      `Registration – The Azure CLI is signed in to another tenant. Run az login --tenant ${ENTRA_TENANT_ID} --allow-no-subscriptions`,
    );
    expect(lines.slice(2).every((line) => line.endsWith("the registration cannot be read"))).toBe(
      true,
    );
  });
});

describe("the credential", () => {
  it.each([
    [40, undefined],
    [20, /^Credential lasts: It ends in (19|20) days\. → Add the next one under /],
    [-1, /^Credential lasts: It has ended\. → /],
  ])("that ends in %d days", async (days, problem) => {
    const soon = { hint: SECRET.slice(0, 3), endDateTime: in_(days) };
    const other = { hint: "oth", endDateTime: in_(-100) };
    Object.assign(application, { passwordCredentials: [other, soon] });
    expect(await look(patient(), [lasting])).toEqual(
      problem ? [expect.stringMatching(problem)] : [],
    );
  });

  it("that the registration does not show", async () => {
    expect(await look(patient(), [lasting])).toEqual([
      "Credential lasts – the registration shows no such secret",
    ]);
  });

  it("of a managed identity, which the registration takes or does not", async () => {
    const identity = { id: crypto.randomUUID(), appId: crypto.randomUUID() };
    directory.servicePrincipals.push(identity);
    const ENTRA_MANAGED_IDENTITY_CLIENT_ID = identity.appId;
    const of = patient({ ENTRA_CLIENT_SECRET: "", ENTRA_MANAGED_IDENTITY_CLIENT_ID });
    expect(await look(of, [credential])).toEqual([
      `Credential: The registration does not take the managed identity's tokens. → npx lightsout register-app --client-id ${clientId} --credential managed-identity:${identity.appId}`,
    ]);
    application.federated.push({
      name: "managed-identity",
      issuer: `https://login.microsoftonline.com/${TENANT_ID}/v2.0`,
      subject: identity.id,
      audiences: ["api://AzureADTokenExchange"],
    });
    expect(await look(of, [credential])).toEqual([]);
    expect(directory.writes()).toEqual([]);
  });

  function in_(days: number): string {
    return new Date(Date.now() + days * DAY).toISOString();
  }
});
