import { ManagedIdentityUnavailable, SignInRejected } from "../../../src/shared/base/errors.ts";
import { cloudOf } from "../../../src/shared/config/cloud.ts";
import type { CredentialSettings } from "../../../src/shared/config/credential.ts";
import { optional } from "../../../src/shared/config/env.ts";
import type { Context } from "../../../src/shared/context.ts";
import { transactionOf } from "../../../src/shared/identity/transaction.ts";
import { TokenRequestRefused } from "../../../src/shared/oauth/network.ts";
import { refusalOf } from "../../../src/shared/oauth/refusal.ts";
import { planCredential } from "../../register-app/credential.ts";
import { type Check, type Finding, ok, problem, problemOf, skipped } from "../check.ts";
import type { Patient } from "../patient.ts";

export const credential: Check = {
  name: "Credential",
  async look(patient) {
    const { context, env, metadata } = patient;
    if (context === undefined) return skipped(notVisible(patient));
    const settings = context.settings.credential;
    if (settings.kind === "managedIdentity" && !optional(env, "IDENTITY_ENDPOINT")) {
      return await federated(patient, settings.clientId, context.settings.authority);
    }
    if (!(await metadata().catch(() => undefined))) return skipped("waits for the metadata");
    return (await byClientCredentials(context)) ?? (await byCode(context));
  },
};

/** Tries the credential alone (RFC 6749 §4.4). @returns undefined when the answer says nothing about it. */
async function byClientCredentials(context: Context): Promise<Finding | undefined> {
  try {
    const client = await context.createClient();
    const { origin } = new URL(context.settings.graphBaseUrl);
    await client.acquireTokenByClientCredential({ scopes: [`${origin}/.default`] });
    return ok("accepted");
  } catch (error) {
    // A known client need not get tokens of its own, so `unauthorized_client` says nothing.
    const refusal = refusalIn(error);
    return refusal?.error === "invalid_client" ? refused(refusal.code) : undefined;
  }
}

/** Redeems a made-up code. It is refused as a code only after the client was accepted (RFC 6749 §5.2). */
async function byCode(context: Context): Promise<Finding> {
  const redirectUri = `${context.settings.baseUrl}/auth/callback`;
  const attempt = transactionOf(crypto.randomUUID());
  try {
    await context.tokens.redeem("made-up", redirectUri, ["openid"], attempt);
  } catch (error) {
    if (error instanceof ManagedIdentityUnavailable) return problemOf(error);
    if (error instanceof SignInRejected && error.reason !== "code_refused") return skipped(TAKEN);
    const refusal = refusalIn(error instanceof Error ? error.cause : undefined);
    if (refusal && refusal.verdict !== "time") {
      const { error, verdict, code } = refusal;
      if (verdict === "credential" || /^(invalid|unauthorized)_client$/.test(error)) {
        return refused(code);
      }
      return error === "invalid_grant"
        ? ok("accepted: only a made-up code was refused")
        : skipped(`the provider's answer to a made-up code says neither (${code})`);
    }
    return problem(
      "The token endpoint does not answer.",
      "See whether this machine may reach the provider: a proxy or firewall may be in between.",
    );
  }
  return skipped(TAKEN);
}

const TAKEN = "the provider took a code that nobody had issued";

/** A refusal of the token endpoint, and its error code (RFC 6749 §5.2). */
function refusalIn(cause: unknown) {
  if (!(cause instanceof TokenRequestRefused)) return undefined;
  const { error } = (cause.body ?? {}) as { error?: unknown };
  return { ...refusalOf(cause, "authorization_code"), error: String(error) };
}

const PORTAL = "Certificates & secrets in the app registration";

/** By the numbers of Entra ID's answers (Microsoft Entra authentication error codes). */
const FIXES: Readonly<Record<string, string>> = {
  AADSTS7000215: `ENTRA_CLIENT_SECRET has to be a secret's value, not its id: make a new one under ${PORTAL}.`,
  AADSTS7000222: `The secret has expired: make a new one under ${PORTAL}, and set ENTRA_CLIENT_SECRET.`,
  AADSTS700016:
    "The tenant has no such registration: check ENTRA_CLIENT_ID and ENTRA_TENANT_ID, or make one with npx lightsout register-app.",
  AADSTS700027: `The registration does not have this certificate: upload it under ${PORTAL}.`,
  AADSTS700211:
    "No federated credential has this issuer: npx lightsout register-app adds the right one.",
  AADSTS700212:
    "No federated credential has this audience: npx lightsout register-app adds the right one.",
  AADSTS700213:
    "No federated credential has this subject: npx lightsout register-app adds the right one.",
};

/** @param code An AADSTS number, or an OAuth error code. */
function refused(code: string): Finding {
  return problem(
    `The provider refuses the app's credential (${code}).`,
    FIXES[code] ??
      "Check ENTRA_CLIENT_ID, and the client secret, certificate or federated credential.",
  );
}

/** Outside Azure there is no token of the identity. The registration still shows whether it would accept one. */
async function federated(
  { directory }: Patient,
  clientId: string,
  authority: string,
): Promise<Finding> {
  const found = await directory().catch((error: Error) => error);
  if (found instanceof Error) {
    return skipped("only the app in Azure has its managed identity");
  }
  const { graph, registration, tenantId } = found;
  const option = { kind: "managed-identity", clientId } as const;
  const home = { cloud: cloudOf(authority), tenantId };
  const { line } = await planCredential(graph, option, home, registration.id);
  if (line === undefined) return ok("the registration takes the managed identity's tokens");
  return problem(
    "The registration does not take the managed identity's tokens.",
    `npx lightsout register-app --client-id ${registration.appId} --credential managed-identity:${clientId}`,
  );
}

const DAY = 24 * 3_600_000;
/** So many days before its end, a credential is a problem. */
const SOON = 30;

export const lasting: Check = {
  name: "Credential lasts",
  async look(patient) {
    const { context } = patient;
    if (context === undefined) return skipped(notVisible(patient));
    const settings = context.settings.credential;
    if (settings.kind === "managedIdentity") return ok("a managed identity has nothing that ends");
    const end = await endOf(settings, patient);
    if (typeof end === "string") return skipped(end);
    const days = Math.floor((end.getTime() - Date.now()) / DAY);
    if (days >= SOON) return ok(`until ${end.toISOString().slice(0, 10)}`);
    return problem(
      days < 0 ? "It has ended." : `It ends in ${days} days.`,
      `Add the next one under ${PORTAL}, set it, and remove the old one. A managed identity needs none.`,
    );
  },
};

/** @returns why nobody can tell; undefined when the doctor can. */
async function endOf(
  settings: Exclude<CredentialSettings, { kind: "managedIdentity" }>,
  { directory }: Patient,
): Promise<Date | string> {
  if (settings.kind === "certificate") return new Date(settings.certificate.validTo);
  const found = await directory().catch((error: Error) => error);
  if (found instanceof Error) return "the registration cannot be read";
  const hint = settings.secret.slice(0, 3);
  const secrets = found.registration.passwordCredentials ?? [];
  const ends = secrets
    .filter((secret) => secret.hint === hint)
    .map(({ endDateTime }) => Date.parse(endDateTime));
  return ends.length > 0 ? new Date(Math.min(...ends)) : "the registration shows no such secret";
}

function notVisible({ source }: Patient): string {
  return source === undefined ? "not visible from outside" : "waits for the settings";
}
