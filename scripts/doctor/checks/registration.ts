import { applicationFor, PERMISSIONS_SOURCE } from "../../register-app/application.ts";
import { changesTo } from "../../register-app/changes.ts";
import { isRedirectUri } from "../authorizeProbe.ts";
import { type Check, type Finding, ok, problem, skipped } from "../check.ts";
import type { Client, Patient } from "../patient.ts";
import { RegistrationMissing } from "../registration.ts";
import type { Rehearsal } from "../rehearsal.ts";

/** A part of the registration. */
interface Part {
  readonly name: string;
  /** Whether a line of `register-app` says that it is missing. */
  isAbout(line: string, baseUrl: string): boolean;
  missing(baseUrl: string): string;
  there(baseUrl: string): string;
  /** What shows without reading the registration. Undefined when nothing does. */
  fromOutside(patient: Patient, baseUrl: string): Promise<boolean | undefined>;
}

const redirectUri = (baseUrl: string) => `${baseUrl}/auth/callback`;
const signedOutUri = (baseUrl: string) => `${baseUrl}/auth/signed-out`;
const logoutUrl = (baseUrl: string) => `${baseUrl}/auth/logout-callback`;

const PARTS: readonly Part[] = [
  {
    name: "Redirect URI",
    isAbout: (line, baseUrl) => line === `+ web.redirectUris: ${redirectUri(baseUrl)}`,
    missing: (baseUrl) => `${redirectUri(baseUrl)} is not registered: nobody can sign in.`,
    there: redirectUri,
    fromOutside: (patient, baseUrl) => isRedirectUri(patient, redirectUri(baseUrl)),
  },
  {
    name: "Sign-out redirect URI",
    isAbout: (line, baseUrl) => line === `+ web.redirectUris: ${signedOutUri(baseUrl)}`,
    missing: (baseUrl) =>
      `${signedOutUri(baseUrl)} is not registered: sign-out ends at the provider.`,
    there: signedOutUri,
    fromOutside: (patient, baseUrl) => isRedirectUri(patient, signedOutUri(baseUrl)),
  },
  {
    name: "Front-channel URL",
    isAbout: (line) => line.includes(" web.logoutUrl: "),
    missing: (baseUrl) =>
      `${logoutUrl(baseUrl)} is not the front-channel logout URL: sign-outs in other apps are not noticed.`,
    there: logoutUrl,
    fromOutside: async (patient, baseUrl) =>
      (await rehearsalOf(patient))?.framed.includes(logoutUrl(baseUrl)),
  },
  {
    name: "Claim sid",
    isAbout: (line) => line === "+ optionalClaims.idToken: sid",
    missing: () =>
      "ID tokens have no sid: a sign-out in another app finds its tokens by luck (session_state).",
    there: () => "in ID tokens",
    fromOutside: (patient) => hasClaim(patient, "sid"),
  },
  {
    name: "Claim login_hint",
    isAbout: (line) => line === "+ optionalClaims.idToken: login_hint",
    missing: () =>
      "ID tokens have no login_hint: users may be asked which of their accounts to sign out.",
    there: () => "in ID tokens",
    fromOutside: (patient) => hasClaim(patient, "login_hint"),
  },
  {
    name: "Claim auth_time",
    isAbout: (line) => line === "+ optionalClaims.idToken: auth_time",
    missing: () =>
      "ID tokens have no auth_time: a function that requires maxAge asks everybody to sign in once more.",
    there: () => "in ID tokens",
    fromOutside: (patient) => hasClaim(patient, "auth_time"),
  },
  {
    name: "Claim acrs",
    isAbout: (line) => line === "+ optionalClaims.idToken: acrs",
    missing: () =>
      "ID tokens have no acrs: nobody gets into a function that requires an authenticationContext.",
    there: () => "in ID tokens",
    // There is none where no authentication context is asked for.
    fromOutside: async () => undefined,
  },
  {
    name: "Permissions",
    isAbout: (line) => line.startsWith("+ requiredResourceAccess: "),
    missing: () =>
      `Microsoft Graph permissions are missing in the registration (wanted ${PERMISSIONS_SOURCE}).`,
    there: () => PERMISSIONS_SOURCE,
    fromOutside: async () => undefined,
  },
];

const readable: Check = {
  name: "Registration",
  async look(patient) {
    try {
      const { registration } = await patient.directory();
      return ok(registration.displayName ?? registration.appId);
    } catch (error) {
      const { message } = error as Error;
      if (!(error instanceof RegistrationMissing)) return skipped(message);
      return problem(
        message,
        "Correct ENTRA_CLIENT_ID and ENTRA_TENANT_ID, or make one with npx lightsout register-app.",
      );
    }
  },
};

const TAKES_A_PERSON = "takes a person with a password";

const signIn: Check = {
  name: "Sign-in",
  async look({ rehearsal, baseUrl, metadata, isLocal }) {
    if (baseUrl === undefined) return skipped("waits for the settings");
    if (!isLocal) return skipped(TAKES_A_PERSON);
    if (!(await metadata().catch(() => undefined))) return skipped("waits for the metadata");
    return await rehearsal().then(
      (signedIn) =>
        signedIn
          ? ok("somebody of the development tenant could sign in, and out")
          : skipped(TAKES_A_PERSON),
      (error: Error) =>
        problem(
          `Nobody can sign in at the development tenant: ${error.message}`,
          "Put right what else is wrong here, or start lightsout dev again.",
        ),
    );
  },
};

export const registration: readonly Check[] = [
  readable,
  signIn,
  ...PARTS.map((part) => ({
    name: part.name,
    look: (patient: Patient) => lookAt(part, patient),
  })),
];

async function lookAt(part: Part, patient: Patient): Promise<Finding> {
  const { baseUrl, client, isLocal } = patient;
  if (baseUrl === undefined || client === undefined) {
    return skipped("it is not known which registration the app has");
  }
  if (part.name === "Front-channel URL" && !isLocal && !baseUrl.startsWith("https:")) {
    return skipped("Entra ID takes https only: sign-outs in other apps do not reach this machine");
  }
  const isThere =
    (await inside(part, patient, baseUrl)) ?? (await part.fromOutside(patient, baseUrl));
  if (isThere === undefined) return skipped("the registration cannot be read");
  if (isThere) return ok(part.there(baseUrl));
  return problem(part.missing(baseUrl), await fixFor(patient, client, baseUrl));
}

async function fixFor({ isLocal, isDevelopment }: Patient, { clientId }: Client, baseUrl: string) {
  if (await isDevelopment()) {
    return "Start lightsout dev again: it registers the app with the development tenant.";
  }
  if (isLocal) return "Add it to the app's registration at the provider.";
  return `npx lightsout register-app --client-id ${clientId} --base-url ${baseUrl}`;
}

/** @returns undefined when the registration cannot be read. */
async function inside(part: Part, patient: Patient, baseUrl: string): Promise<boolean | undefined> {
  const directory = await patient.directory().catch(() => undefined);
  if (directory === undefined) return undefined;
  const { lines } = changesTo(directory.registration, applicationFor("", baseUrl));
  return !lines.some((line) => part.isAbout(line, baseUrl));
}

function rehearsalOf({ rehearsal }: Patient): Promise<Rehearsal | undefined> {
  return rehearsal().catch(() => undefined);
}

async function hasClaim(patient: Patient, name: keyof Rehearsal["claims"]) {
  const rehearsal = await rehearsalOf(patient);
  return rehearsal && rehearsal.claims[name] !== undefined;
}
