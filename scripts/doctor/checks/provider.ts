import { ProviderUnavailable } from "../../../src/shared/base/errors.ts";
import { isLoopback } from "../../../src/shared/config/env.ts";
import { isIssuerOf } from "../../../src/shared/identity/issuer.ts";
import { type Check, ok, problem, problemOf, reasonOf, skipped } from "../check.ts";
import { ask } from "../web.ts";

export const metadata: Check = {
  name: "Metadata",
  async look(patient) {
    const { client } = patient;
    if (client === undefined) return skipped("it is not known which provider the app has");
    const found = await patient.metadata().catch((error: ProviderUnavailable) => error);
    if (found instanceof ProviderUnavailable) {
      if (found.cause === undefined) return problemOf(found);
      return problem(
        `${client.metadataUrl} gives no metadata: ${reasonOf(found.cause)}`,
        "Check ENTRA_TENANT_ID, ENTRA_AUTHORITY and ENTRA_METADATA_URL, and whether this machine may reach it.",
      );
    }
    const endpoints = [found.authorization_endpoint, found.token_endpoint, found.jwks_uri];
    const open = endpoints.map((url) => new URL(url)).find((url) => !isSafe(url));
    if (open) {
      return problem(
        `The provider's metadata names ${open.origin}, which is not https.`,
        "Check ENTRA_AUTHORITY and ENTRA_METADATA_URL.",
      );
    }
    return ok(client.metadataUrl);
  },
};

function isSafe(url: URL): boolean {
  return url.protocol === "https:" || isLoopback(url);
}

export const issuer: Check = {
  name: "Issuer",
  async look(patient) {
    const { client, context } = patient;
    if (client === undefined) return skipped("it is not known which provider the app has");
    const found = await patient.metadata().catch(() => undefined);
    if (found === undefined) return skipped("waits for the metadata");
    // From outside, there is nothing to compare with but the development tenant's own address.
    if (context === undefined && (await patient.isDevelopment())) {
      return skipped("the development tenant's is made up");
    }
    if (isIssuerOf(found.issuer, client)) return ok(found.issuer);
    return problem(
      `${found.issuer} is not the issuer of ${client.tenant} at ${new URL(client.authority).host}.`,
      "ENTRA_TENANT_ID, ENTRA_AUTHORITY and ENTRA_METADATA_URL have to name the same tenant: copy them from the registration's Endpoints page.",
    );
  },
};

/** The app takes tokens whose times are off by two minutes. Milliseconds. */
const FAR_OFF = 60_000;

export const clock: Check = {
  name: "Clocks",
  async look({ client, baseUrl, context }) {
    if (client === undefined) return skipped("it is not known which provider the app has");
    const theirs = (await answerOf(client.metadataUrl))?.ahead;
    if (theirs === undefined) return skipped("the provider does not say what time it is");
    const ours = baseUrl && (await answerOf(`${baseUrl}/health`))?.ahead;
    const clocks: [string, number][] = [];
    if (context) clocks.push(["This machine's clock", -theirs]);
    if (typeof ours === "number") clocks.push(["The app's clock", ours - theirs]);
    const wrong = clocks.find(([, ahead]) => Math.abs(ahead) > FAR_OFF);
    if (wrong) {
      const [whose, ahead] = wrong;
      const seconds = Math.round(Math.abs(ahead) / 1_000);
      return problem(
        `${whose} is ${seconds} seconds ${ahead > 0 ? "ahead of" : "behind"} the provider's.`,
        "Let it be set by NTP: ID tokens and client assertions are refused when clocks differ.",
      );
    }
    return clocks.length > 0 ? ok("agree with the provider's") : skipped("the app does not answer");
  },
};

function answerOf(url: string) {
  return ask(url).catch(() => undefined);
}
