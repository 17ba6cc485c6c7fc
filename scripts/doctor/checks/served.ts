import { authorityOrigins } from "../../../src/shared/config/provider.ts";
import { type Finding, ok, problem } from "../check.ts";
import type { Patient } from "../patient.ts";
import { ask } from "../web.ts";
import { served } from "./app.ts";

const IN_FRONT =
  "Look for what stands in front of the app (Front Door, API Management, a proxy) and changes its answers.";

const IN_HOST_JSON = "Put it into customHeaders in host.json. If it is there:";

/** The headers that pages and API answers share, with their values. */
const EXPECTED: Readonly<Record<string, RegExp>> = {
  "content-security-policy": /default-src 'none'.*frame-ancestors 'none'/,
  "x-frame-options": /^DENY$/,
  "cache-control": /^no-store$/,
  "x-content-type-options": /^nosniff$/,
  "referrer-policy": /^(no-referrer|same-origin)$/,
};
/** The host sends it, and no function does. */
const OVER_HTTPS = { "strict-transport-security": /max-age=[1-9]/ };

export const headers = served("Headers", async (baseUrl) => {
  const expected = { ...EXPECTED, ...(baseUrl.startsWith("https:") && OVER_HTTPS) };
  for (const path of ["/auth/signout", "/auth/session"]) {
    const answer = await ask(baseUrl + path);
    for (const [name, pattern] of Object.entries(expected)) {
      if (pattern.test(answer.headers.get(name) ?? "")) continue;
      const is = answer.headers.has(name) ? "is not what the app sends" : "is missing";
      const fix = name in OVER_HTTPS ? `${IN_HOST_JSON} ${IN_FRONT}` : IN_FRONT;
      return problem(`The header ${name} of ${path} ${is}.`, fix);
    }
  }
  return ok("nothing is framed, stored or sniffed");
});

/** The one page that the provider has to be able to frame. */
export const frame = served("Sign-out frame", async (baseUrl, patient) => {
  const { status, headers } = await ask(`${baseUrl}/auth/logout-callback`);
  if (status !== 200) {
    return problem(
      `/auth/logout-callback is answered ${status}: sign-outs in other apps fail.`,
      "Entra ID calls it without a cookie or a key: let nothing in front of it ask for either.",
    );
  }
  const policy = headers.get("content-security-policy") ?? "";
  const missing = framers(patient).filter((origin) => !policy.includes(origin));
  if (missing.length > 0) {
    return problem(
      `/auth/logout-callback may not be framed by ${missing.join(" and ")}: browsers block it.`,
      `ENTRA_AUTHORITY of the running app names another provider, or something changes its answers. ${IN_FRONT}`,
    );
  }
  if (headers.has("x-frame-options")) {
    return problem(
      "/auth/logout-callback has X-Frame-Options: browsers block the sign-out frame.",
      IN_FRONT,
    );
  }
  return ok("only the provider may frame /auth/logout-callback");
});

function framers({ context, client }: Patient): readonly string[] {
  if (context) return authorityOrigins(context.settings);
  return client?.authority.startsWith("https:") ? [new URL(client.authority).origin] : [];
}

export const cookies = served("Cookies", async (baseUrl) => {
  const signIn = await ask(`${baseUrl}/auth/signin`);
  // Signing out deletes the session cookie, also when there is none.
  const signOut = await ask(`${baseUrl}/auth/signout`, {
    method: "POST",
    headers: { origin: new URL(baseUrl).origin },
  });
  return (
    wrongCookie(signIn.headers, "__Host-lightsout-signin-", "None") ??
    wrongCookie(signOut.headers, "__Host-lightsout=", "Lax") ??
    ok("__Host-, Secure, HttpOnly, SameSite")
  );
});

function wrongCookie(headers: Headers, name: string, sameSite: string): Finding | undefined {
  const cookie = headers.getSetCookie().find((value) => value.startsWith(name));
  if (cookie === undefined) {
    return problem(`The cookie ${name.replace(/[=-]$/, "")} does not arrive.`, IN_FRONT);
  }
  const attributes = cookie.split(";").map((attribute) => attribute.trim().toLowerCase());
  const wanted = ["secure", "httponly", "path=/", `samesite=${sameSite.toLowerCase()}`];
  const missing = wanted.find((attribute) => !attributes.includes(attribute));
  const domain = attributes.some((attribute) => attribute.startsWith("domain="));
  if (missing === undefined && !domain) return undefined;
  const what = domain ? "has a Domain" : `is without ${missing}`;
  return problem(`The cookie ${name.replace(/[=-]$/, "")} ${what}: browsers refuse it.`, IN_FRONT);
}
