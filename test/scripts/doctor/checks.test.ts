import { randomBytes } from "node:crypto";
import { afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import type { FunctionInfo } from "../../../local/host/host.ts";
import { freePort } from "../../../local/ports.ts";
import type { AppRegistration } from "../../../local/tenant/tenant.ts";
import { patientAt, patientOf } from "../../../scripts/doctor/patient.ts";
import type { Env } from "../../../src/shared/config/env.ts";
import { certificateOf, pemOf, rsaKey } from "../../support/certificate.ts";
import { newFolder } from "../../support/folder.ts";
import {
  type Answer,
  type Loopback,
  type Received,
  startLoopback,
} from "../../support/loopback.ts";
import { shared } from "../../support/shared.ts";
import { readTable } from "../../support/table.ts";
import { registrationOf } from "../../support/user.ts";
import { forward, openClinic, outcomeOf, resultsOf } from "./clinic.ts";

const clinic = shared(openClinic);
afterEach(() => {
  clinic.door.respond = clinic.ask;
});

const played: Loopback[] = [];
afterEach(async () => {
  for (const provider of played.splice(0)) await provider.stop();
});

/** A provider that answers like this, where it can have the tenant's metadata. @returns its address */
async function provider(
  respond: (
    metadata: Record<string, string>,
    request: Received & { readonly origin: string },
  ) => Answer,
): Promise<string> {
  const one = await startLoopback(async (request) => {
    const metadata = await (await fetch(clinic.rig.tenant.metadataUrl)).json();
    return respond(metadata as Record<string, string>, { ...request, origin: one.url });
  });
  played.push(one);
  return one.url;
}

const problemsOf = async (env?: Env) => (await outcomeOf(clinic.patient(env))).problems;
const APP = [
  ...["Own address", "Same origin", "Headers", "Sign-out frame", "Cookies"],
  "Device binding",
];

it("finds nothing wrong where nothing is", async () => {
  const { problems, skipped, ok } = await outcomeOf(clinic.patient());
  expect(problems).toEqual([]);
  expect(skipped).toEqual(["Credential lasts", "Registration", "Claim acrs", "Permissions"]);
  expect(ok).toEqual([
    ...["Node.js", "Settings", "Sealing keys", "Function timeout", "Functions"],
    ...["Metadata", "Issuer", "Clocks", "Credential"],
    ...["Sign-in", "Redirect URI", "Sign-out redirect URI", "Front-channel URL"],
    ...["Claim sid", "Claim login_hint", "Claim auth_time"],
    "Table",
    ...["Answers", "https", ...APP],
  ]);
});

it("leaves nothing behind, neither in the table nor at the tenant's users", async () => {
  await outcomeOf(clinic.patient());
  const rows = await readTable(clinic.rig.azurite);
  expect(rows).toEqual([]);
});

describe("settings", () => {
  it("that are wrong are named, and nothing is guessed from them", async () => {
    const { problems, ok } = await outcomeOf(clinic.patient({ ENTRA_CLIENT_ID: "nonsense" }));
    expect(problems).toEqual([
      "Settings: ENTRA_CLIENT_ID is not a GUID. → Use the Application (client) ID. Find it on the overview page of your app registration.",
    ]);
    expect(ok).toEqual(["Node.js", "Sealing keys", "Function timeout", "Functions"]);
  });

  const AGAIN = "Put that right, and run the doctor again.";

  it.each<[Env, string]>([
    [
      {
        TOKEN_CACHE_STORAGE:
          "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;EndpointSuffix=core.windows.net",
      },
      `The table endpoint in the storage setting has to begin with https:// (http:// only on localhost). → ${AGAIN}`,
    ],
    [
      { SESSION_HOURS: "1", SESSION_IDLE_MINUTES: "60" },
      "SESSION_IDLE_MINUTES is no shorter than SESSION_HOURS, and ends nothing. → Make it shorter, or leave it out.",
    ],
    [{ SESSION_BINDING: "on" }, `SESSION_BINDING has to be off, optional or required. → ${AGAIN}`],
    [
      { SESSION_BINDING: "required" },
      "SESSION_BINDING is required, and no browser binds a session over http. → Set APP_BASE_URL to an https address, or SESSION_BINDING to optional.",
    ],
  ])("%j are", async (env, problem) => {
    expect(await problemsOf(env)).toEqual([`Settings: ${problem}`]);
  });

  it.each([
    ["k1:short", /^Sealing keys: TOKEN_CACHE_KEYS is malformed\. → It has to be id:base64/],
    [`k1:${"A".repeat(43)}=`, /^Sealing keys: The key k1 is not random\. → Make another one/],
    [
      "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/k)",
      /^Sealing keys: TOKEN_CACHE_KEYS is a Key Vault reference .* Key Vault Secrets User/,
    ],
  ])("the keys %s", async (TOKEN_CACHE_KEYS, problem) => {
    const problems = await problemsOf({ TOKEN_CACHE_KEYS });
    expect(problems.at(-1)).toMatch(problem);
  });

  it("with the keys of another app pass: they open nothing of this one's", async () => {
    const TOKEN_CACHE_KEYS = `k2:${randomBytes(32).toString("base64")}`;
    expect(await problemsOf({ TOKEN_CACHE_KEYS })).toEqual([]);
  });
});

describe("the time that a function may take", () => {
  const ENDS = "ends a sign-out that storage delays before it is done.";
  const FIX = "Set it to 00:02:00 or more.";

  const AT_ROOT = { version: "2.0", extensions: { http: { routePrefix: "" } } };

  it.each<[string, string[]]>([
    ["-1", []],
    ["00:02:00", []],
    ["01:00:00", []],
    ["00:01:59", [`Function timeout: functionTimeout in host.json ${ENDS} → ${FIX}`]],
  ])("is %s in host.json", async (functionTimeout, expected) => {
    const { path, stop } = await newFolder({
      "host.json": JSON.stringify({ ...AT_ROOT, functionTimeout }),
    });
    const source = { settings: clinic.rig.env, source: "a test" };
    expect((await outcomeOf(patientOf(source, path))).problems).toEqual(expected);
    await stop();
  });

  it("is that of the setting, where one is stronger than host.json", async () => {
    const name = "AzureFunctionsJobHost__functionTimeout";
    expect(await problemsOf({ [name]: "00:05:00" })).toEqual([]);
    expect(await problemsOf({ [name]: "00:01:00" })).toEqual([
      `Function timeout: ${name} ${ENDS} → ${FIX}`,
    ]);
  });
});

describe("the functions of the app", () => {
  const shadow = { name: "app", kind: "http" as const, route: "auth/{*rest}" };

  const lookAt = (functions: () => Promise<FunctionInfo[]>) =>
    outcomeOf({ ...clinic.patient(), functions });

  it("have one that the host asks before one of ours", async () => {
    const ours = { name: "authSession", kind: "http" as const, route: "auth/session" };
    const { problems } = await lookAt(async () => [shadow, ours]);
    expect(problems).toEqual([
      expect.stringMatching(
        /^Functions: Your function app gets the requests of authSession, .* → Give it a name/,
      ),
    ]);
  });

  it("are passed over where none can be loaded", async () => {
    const found = await lookAt(() => Promise.reject(new Error("It registers no function.")));
    expect(found).toMatchObject({ problems: [], skipped: expect.arrayContaining(["Functions"]) });
  });
});

describe("the identity provider", () => {
  it("does not answer", async () => {
    const url = `http://127.0.0.1:${await freePort()}/metadata`;
    const { problems, skipped } = await outcomeOf(clinic.patient({ ENTRA_METADATA_URL: url }));
    expect(problems[0]).toBe(
      `Metadata: ${url} gives no metadata: ECONNREFUSED → Check ENTRA_TENANT_ID, ENTRA_AUTHORITY and ENTRA_METADATA_URL, and whether this machine may reach it.`,
    );
    expect(skipped).toEqual(expect.arrayContaining(["Issuer", "Clocks", "Credential", "Sign-in"]));
  });

  it.each<[string, (metadata: Record<string, string>) => object, RegExp]>([
    ["has no keys", () => ({ jwks_uri: undefined }), /^Metadata: .* has no jwks_uri\. → Check EN/],
    [
      "is not encrypted",
      () => ({ token_endpoint: "http://example.com/token" }),
      /^Metadata: The provider's metadata names http:\/\/example\.com, which is not https\. → /,
    ],
    [
      "is another tenant",
      ({ issuer = "" }) => ({ issuer: issuer.replace(/\w{12}\//, "000000000000/") }),
      /^Issuer: .*000000000000\/v2\.0 is not the issuer of .* → ENTRA_TENANT_ID, ENTRA_AUTH/,
    ],
  ])("%s", async (_, change, problem) => {
    const url = await provider((metadata) => ({ body: { ...metadata, ...change(metadata) } }));
    const [first] = await problemsOf({ ENTRA_METADATA_URL: url });
    expect(first).toMatch(problem);
  });

  it.each([
    ["This machine's clock is 300 seconds behind the provider's.", 300, 300],
    ["The app's clock is 300 seconds ahead of the provider's.", 0, 300],
    ["The app's clock is 300 seconds behind the provider's.", 0, -300],
  ])("%s", async (problem, behind, app) => {
    const at = (seconds: number) => ({
      date: new Date(Date.now() + seconds * 1_000).toUTCString(),
    });
    const url = await provider((body) => ({ headers: at(behind), body }));
    meddle((_, headers) => ({ ...headers, ...at(app) }));
    const [found = ""] = await problemsOf({ ENTRA_METADATA_URL: url });
    // Whole seconds, and what the answers took on their way.
    expect(found.replace(/ (299|301) /, " 300 ")).toBe(
      `Clocks: ${problem} → Let it be set by NTP: ID tokens and client assertions are refused when clocks differ.`,
    );
  });
});

describe("the credential", () => {
  it.each<[string, Env, RegExp]>([
    [
      "a wrong secret",
      { ENTRA_CLIENT_SECRET: "wrong" },
      /\(AADSTS7000215\)\. → ENTRA_CLIENT_SECRET has to be a secret's value, not its id/,
    ],
    [
      "an unknown registration",
      { ENTRA_CLIENT_ID: "00000000-0000-4000-8000-000000000000" },
      /\(AADSTS700016\)\. → The tenant has no such registration/,
    ],
    [
      "an unknown certificate",
      { ENTRA_CLIENT_SECRET: "", ENTRA_CLIENT_CERTIFICATE: certificate() },
      /\(AADSTS700027\)\. → The registration does not have this certificate/,
    ],
  ])("%s", async (_, env, problem) => {
    const [first] = await problemsOf(env);
    expect(first).toMatch(/^Credential: The provider refuses the app's credential /);
    expect(first).toMatch(problem);
  });

  it("is not believed to be wrong when the token endpoint fails", async () => {
    clinic.rig.tenant.switches.tokenFault = { status: 503 };
    const [first] = await problemsOf();
    clinic.rig.tenant.switches.tokenFault = undefined;
    expect(first).toMatch(/^Credential: The token endpoint does not answer\. → See whether/);
  });

  /** A provider that answers every token request like this. */
  async function findingAt(answer: (grant: string) => Answer) {
    const url = await provider((metadata, { method, body, origin }) => {
      if (method === "POST") return answer(new URLSearchParams(`${body}`).get("grant_type") ?? "");
      return { body: { ...metadata, token_endpoint: `${origin}/token` } };
    });
    const results = await resultsOf(clinic.patient({ ENTRA_METADATA_URL: url }));
    return results.find(({ name }) => name === "Credential");
  }
  const refusal = (error: string, status = 400): Answer => ({ status, body: { error } });

  it.each([
    ["invalid_request", 400],
    ["invalid_request", 401],
    ["invalid_scope", 400],
    ["unsupported_grant_type", 400],
    ["access_denied", 403],
    ["interaction_required", 400],
  ])("is not known to be taken when the answer is %s", async (error, status) => {
    const found = await findingAt(() => refusal(error, status));
    expect(found).toMatchObject({
      status: "skipped",
      detail: `the provider's answer to a made-up code says neither (${error})`,
    });
  });

  it("is taken where nothing but the code is refused", async () => {
    const codeOnly = (grant: string) =>
      refusal(grant === "authorization_code" ? "invalid_grant" : "unauthorized_client");
    expect(await findingAt(codeOnly)).toMatchObject({
      status: "ok",
      detail: "accepted: only a made-up code was refused",
    });
  });

  it.each(["invalid_client", "unauthorized_client"])("is not taken at %s", async (error) => {
    const found = await findingAt(() => refusal(error, 401));
    expect(found).toMatchObject({ status: "problem", detail: expect.stringContaining(error) });
  });

  it("of Azure cannot be tried from here, and does not end", async () => {
    const ENTRA_MANAGED_IDENTITY_CLIENT_ID = "00000000-0000-4000-8000-000000000000";
    const env = { ENTRA_CLIENT_SECRET: "", ENTRA_MANAGED_IDENTITY_CLIENT_ID };
    const { skipped, ok } = await outcomeOf(clinic.patient(env));
    expect(skipped).toContain("Credential");
    expect(ok).toContain("Credential lasts");
  });

  function certificate(): string {
    const key = rsaKey();
    return pemOf(key) + certificateOf(key);
  }
});

it("takes no other provider on this machine for the development tenant", async () => {
  const form = '<form method="post"><input name="user"><input name="password"></form>';
  const ENTRA_METADATA_URL = await provider((metadata, { url, origin }) => ({
    body: url.startsWith("/authorize")
      ? form
      : { ...metadata, authorization_endpoint: `${origin}/authorize` },
  }));
  const env = { ENTRA_METADATA_URL };
  const app = await clinic.rig.startHost({ env });
  clinic.door.respond = (request) => forward(app.url, request);
  const { problems, skipped } = await outcomeOf(clinic.patient(env));
  await app.stop();
  expect(problems).toEqual([]);
  expect(skipped).toEqual([
    ...["Credential lasts", "Registration", "Sign-in", "Redirect URI", "Sign-out redirect URI"],
    ...["Front-channel URL", "Claim sid", "Claim login_hint", "Claim auth_time", "Claim acrs"],
    "Permissions",
  ]);
});

describe("the registration, as the development tenant shows it", () => {
  let app: AppRegistration;
  let before: AppRegistration;
  beforeAll(() => {
    app = registrationOf(clinic.rig);
    before = { ...app };
  });
  afterEach(() => void Object.assign(app, before));

  const AGAIN = "Start lightsout dev again: it registers the app with the development tenant.";

  it("has no redirect URI", async () => {
    app.redirectUris = [];
    const [signIn, ...others] = await problemsOf();
    expect(signIn).toMatch(/^Sign-in: Nobody can sign in .*AADSTS50011/);
    expect(others).toEqual([
      `Redirect URI: ${clinic.door.url}/auth/callback is not registered: nobody can sign in. → ${AGAIN}`,
      `Sign-out redirect URI: ${clinic.door.url}/auth/signed-out is not registered: sign-out ends at the provider. → ${AGAIN}`,
    ]);
  });

  it("has no front-channel logout URL", async () => {
    delete app.frontChannelLogoutUrl;
    expect(await problemsOf()).toEqual([
      `Front-channel URL: ${clinic.door.url}/auth/logout-callback is not the front-channel logout URL: sign-outs in other apps are not noticed. → ${AGAIN}`,
    ]);
  });

  it("has no optional claims", async () => {
    app.optionalClaims = [];
    // MSAL asks for the other one, login_hint, in the request.
    expect(await problemsOf()).toEqual([
      expect.stringMatching(/^Claim sid: ID tokens have no sid: .* → Start lightsout dev again/),
      expect.stringMatching(/^Claim auth_time: /),
    ]);
  });
});

describe("the table", () => {
  it("does not answer", async () => {
    const { connectionString, port } = clinic.rig.azurite;
    const other = connectionString.replaceAll(String(port), String(await freePort()));
    expect(await problemsOf({ TOKEN_CACHE_STORAGE: other })).toEqual([
      "Table: The table does not answer (ECONNREFUSED). → Start the emulator, or check the storage setting.",
    ]);
  });

  it("refuses the key", async () => {
    const other = clinic.rig.azurite.connectionString.replace("AccountKey=E", "AccountKey=F");
    expect(await problemsOf({ TOKEN_CACHE_STORAGE: other })).toEqual([
      expect.stringMatching(
        /^Table: Table Storage refuses with 403 Auth\w+\. → Let the app's network in: /,
      ),
    ]);
  });

  it("that only the app's identity may open is left to it", async () => {
    const TOKEN_CACHE_STORAGE__tableServiceUri = "https://account.table.core.windows.net";
    const env = { TOKEN_CACHE_STORAGE: "", TOKEN_CACHE_STORAGE__tableServiceUri };
    const { problems, skipped } = await outcomeOf(clinic.patient(env));
    expect(problems).toEqual([]);
    expect(skipped).toContain("Table");
  });
});

describe("the app", () => {
  it.each<[string, () => "drop" | Answer, RegExp]>([
    ["is not there", () => "drop", /^Answers: .* does not answer \(\S+\)\. → Start the app with /],
    [
      "is something else",
      () => ({ body: "<h1>Hello</h1>" }),
      /^Answers: Something else than Lightsout answers at \S+ \(200\)\. → Correct APP_BASE_URL/,
    ],
  ])("%s", async (_, respond, problem) => {
    clinic.door.respond = respond;
    const { problems, skipped } = await outcomeOf(clinic.patient());
    expect(problems).toEqual([expect.stringMatching(problem)]);
    expect(skipped).toEqual(expect.arrayContaining(APP));
  });

  it("has no table", async () => {
    clinic.door.respond = (request) =>
      request.url === "/health"
        ? { status: 503, body: { status: "unhealthy" } }
        : clinic.ask(request);
    expect(await problemsOf()).toEqual([
      expect.stringMatching(/^Answers: The app runs and serves nobody: .*\. → See/),
    ]);
  });

  it("has other settings", async () => {
    const other = await clinic.rig.startHost({
      env: { APP_BASE_URL: "https://app.example.com", ENTRA_CLIENT_ID: crypto.randomUUID() },
    });
    const found = await problemsOf({ APP_BASE_URL: other.url });
    expect(found).toContain(
      "Own address: The app takes itself for https://app.example.com. → Set APP_BASE_URL to the address that users see.",
    );
    await other.stop();
  });

  it("has another registration", async () => {
    const ENTRA_CLIENT_ID = crypto.randomUUID();
    const found = await problemsOf({ ENTRA_CLIENT_ID });
    expect(found.at(-1)).toBe(
      "Own address: Its sign-in names another registration. → The running app has other settings than these: start it again, or correct ENTRA_CLIENT_ID.",
    );
  });

  it.each([
    ["content-security-policy", "/auth/signout"],
    ["x-frame-options", "/auth/signout"],
    ["cache-control", "/auth/session"],
    ["x-content-type-options", "/auth/session"],
    ["referrer-policy", "/auth/signout"],
  ])("loses the header %s of %s on its way", async (name, path) => {
    meddle((url, headers) => {
      if (url !== path) return headers;
      const { [name]: _, ...others } = headers;
      return others;
    });
    expect(await problemsOf()).toEqual([
      expect.stringContaining(`Headers: The header ${name} of ${path} is missing. → Look for what`),
    ]);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ["is framed by nobody", { "x-frame-options": "DENY" }, /has X-Frame-Options: browsers block/],
    [
      "is framed by others",
      { "content-security-policy": "frame-ancestors https://example.com" },
      /may not be framed by https:\/\/login\.microsoftonline\.com and .* and http:\/\/\*\.localhost/,
    ],
  ])("its sign-out frame %s", async (_, changes, problem) => {
    meddle((url, headers) =>
      url === "/auth/logout-callback" ? { ...headers, ...changes } : headers,
    );
    const found = await problemsOf();
    expect(found).toEqual([expect.stringMatching(/^Sign-out frame: /)]);
    expect(found[0]).toMatch(problem);
  });

  it("asks for a password before its sign-out frame", async () => {
    clinic.door.respond = (request) =>
      request.url === "/auth/logout-callback" ? { status: 401 } : clinic.ask(request);
    expect(await problemsOf()).toEqual([
      expect.stringMatching(/^Sign-out frame: \/auth\/logout-callback is answered 401: sign-outs/),
    ]);
  });

  it.each<[string, (cookie: string) => string[], RegExp]>([
    ["loses its cookies", () => [], /The cookie __Host-lightsout-signin does not arrive\. → /],
    [
      "loses SameSite",
      (cookie) => [cookie.replace(/; samesite=\w+/i, "")],
      /is without samesite=none/,
    ],
    ["loses Secure", (cookie) => [cookie.replace(/; secure/i, "")], /is without secure/],
    ["gives its cookies a domain", (cookie) => [`${cookie}; Domain=example.com`], /has a Domain/],
    [
      "loses HttpOnly of the session cookie",
      (cookie) => [/signin/.test(cookie) ? cookie : cookie.replace(/; httponly/i, "")],
      /The cookie __Host-lightsout is without httponly/,
    ],
  ])("%s", async (_, change, problem) => {
    meddle((_url, headers) => ({
      ...headers,
      "set-cookie": [headers["set-cookie"] ?? []].flat().flatMap(change),
    }));
    const found = await problemsOf();
    expect(found).toEqual([expect.stringMatching(/^Cookies: /)]);
    expect(found[0]).toMatch(problem);
  });

  it.each<[string, Record<string, string | undefined>, RegExp]>([
    [
      "loses Origin",
      { origin: undefined },
      /from the app's own pages is answered 403\. → What stands/,
    ],
    [
      "makes every request its own",
      { "sec-fetch-site": "same-origin" },
      /from another site is answered 303\. → What stands/,
    ],
  ])("%s on the way to it", async (_, changes, problem) => {
    clinic.door.respond = (request) =>
      clinic.ask({
        ...request,
        headers: JSON.parse(JSON.stringify({ ...request.headers, ...changes })),
      });
    const found = await problemsOf();
    expect(found.filter((line) => line.startsWith("Same origin: "))).toEqual([
      expect.stringMatching(problem),
    ]);
  });
});

describe("the binding of sessions to devices", () => {
  const HTTPS = { APP_BASE_URL: "https://app.example.com" };

  /** @param changes Of the settings; undefined from outside. */
  async function findingWith(changes: Env | undefined) {
    const { url: baseUrl } = clinic.door;
    const patient = changes
      ? { ...clinic.patient(changes), baseUrl }
      : await patientAt(baseUrl, "");
    const results = await resultsOf(patient);
    return results.find(({ name }) => name === "Device binding");
  }

  it.each<[string, Env | undefined, string]>([
    ["off", {}, "off: a copied session cookie serves whoever has it"],
    [
      "optional over http",
      { SESSION_BINDING: "optional" },
      "none: no browser binds a session over",
    ],
    ["optional", { ...HTTPS, SESSION_BINDING: "optional" }, "where the browser does it"],
    ["required", { ...HTTPS, SESSION_BINDING: "required" }, "required: browsers that do not"],
    ["seen from outside", undefined, "possible; SESSION_BINDING says whether it is done"],
  ])("is well where it is %s", async (_, changes, detail) => {
    const found = await findingWith(changes);
    expect(found).toMatchObject({ status: "ok", detail: expect.stringContaining(detail) });
  });

  it.each<[string, Env | undefined, string]>([
    ["optional", { ...HTTPS, SESSION_BINDING: "optional" }, "problem"],
    ["required", { ...HTTPS, SESSION_BINDING: "required" }, "problem"],
    ["off", HTTPS, "ok"],
    ["seen from outside", undefined, "skipped"],
  ])("is %s, and something keeps the browser's headers back", async (_, changes, status) => {
    clinic.door.respond = ({ headers, ...request }) => {
      const { "sec-secure-session-id": _, ...passed } = headers;
      return clinic.ask({ ...request, headers: passed });
    };
    const found = await findingWith(changes);
    expect(found).toMatchObject({ status });
    if (status === "problem") expect(found?.fix).toContain("Secure-Session-Response");
  });
});

type Headers = NonNullable<Answer["headers"]>;

/** Changes the headers of every answer of the app. */
function meddle(change: (url: string, headers: Headers) => Headers): void {
  clinic.door.respond = async (request) => {
    const answer = (await clinic.ask(request)) as Answer;
    return { ...answer, headers: change(request.url, answer.headers ?? {}) };
  };
}
