import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  type FunctionInfo,
  type FunctionsHost,
  type LogLine,
  startHost,
} from "../../local/host/host.ts";
import { startRig } from "../../local/rig.ts";
import { ROOT } from "../../local/root.ts";
import { shared } from "../support/shared.ts";
import { readAccountRows } from "../support/table.ts";
import {
  callFrontChannel,
  homeAccountIdOf,
  sessionCookieOf,
  sidOf,
  signedInBrowser,
} from "../support/user.ts";

/*
 * An app that cannot start still answers: a setting that is missing or wrong takes no function away, and where
 * the table and the keys can be read it stops no sign-out.
 */

const REFERENCE = "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/s)";
const UNRESOLVED = "is a Key Vault reference that was not resolved";
const NO_STORAGE = { TOKEN_CACHE_STORAGE: "", AzureWebJobsStorage: "" };
const ALL_THAT_CAN_BE_SPARED = {
  APP_BASE_URL: "not a URL",
  ENTRA_CLIENT_ID: REFERENCE,
  ENTRA_TENANT_ID: "%TENANT%",
  ENTRA_AUTHORITY: "http://login.example.com/t",
  ENTRA_METADATA_URL: "ftp://login.example.com",
  ENTRA_ALLOWED_TENANTS: "everybody",
  GRAPH_BASE_URL: "graph",
  SESSION_HOURS: "for ever",
};
const FTP = "DefaultEndpointsProtocol=ftp;AccountName=;AccountKey=;";

/** What is wrong, what the log names, and whether signing out goes on. Which setting is read how: test/config. */
const CASES: [env: Record<string, string>, named: string, signsOut: boolean][] = [
  [{ ENTRA_CLIENT_SECRET: REFERENCE }, `ENTRA_CLIENT_SECRET ${UNRESOLVED}`, true],
  [ALL_THAT_CAN_BE_SPARED, "ENTRA_TENANT_ID is a placeholder", true],
  [NO_STORAGE, "TOKEN_CACHE_STORAGE is not set", false],
  [
    { TOKEN_CACHE_STORAGE: FTP },
    "The connection string in the storage setting is malformed",
    false,
  ],
  [{ TOKEN_CACHE_KEYS: REFERENCE }, `TOKEN_CACHE_KEYS ${UNRESOLVED}`, false],
];

const PAGES = /^auth(Callback|Sessions|EndSession|SignIn|SignOut|SignedOut|Home)$/;
/** What each takes, so that nothing else can be wrong with a request. */
const FORMS: Record<string, Record<string, string>> = {
  authBackchannelLogout: { logout_token: "token" },
  authEndSession: { session: "a".repeat(43) },
  authSignIn: { iss: "https://login.example.com/v2.0" },
  authCallback: { state: "state", code: "code" },
};

const rig = shared(() => startRig());

const held = async () => (await readAccountRows(rig.azurite)).length;

function callsOf({ name, kind, methods = [], route = "" }: FunctionInfo) {
  if (kind === "timer") return [];
  const path = route
    .replace("{homeAccountId}", homeAccountIdOf(rig))
    .replace("{*path}", "me")
    .replace(/\{.*/, "");
  // A call that can sign nobody out must not be told from one that can.
  const queries =
    name === "authLogoutCallback" ? ["?sid=unknown", "", "?sid=", "?sid=a&sid=b"] : [""];
  return queries.flatMap((query) =>
    methods.map((method) => ({ name, method, path: `/${path}${query}` })),
  );
}

describe.each(CASES)("where %p", (env, named, signsOut) => {
  const lines: LogLine[] = [];
  let host: FunctionsHost;
  let calls: ReturnType<typeof callsOf>;
  beforeAll(async () => {
    host = await startHost({
      root: ROOT,
      env: { ...rig.env, ...env },
      keys: rig.host.keys,
      onLog: (line) => void lines.push(line),
    });
    calls = host.functions.flatMap(callsOf);
  });
  afterAll(() => host?.stop());

  function send({ name, method, path }: ReturnType<typeof callsOf>[number], cookie = "") {
    const form = method === "POST" ? { body: new URLSearchParams(FORMS[name] ?? {}) } : {};
    const headers = {
      ...(cookie && { cookie }),
      "sec-fetch-site": "same-origin",
      "x-functions-key": host.keys.master,
    };
    return fetch(host.url + path, { method, headers, redirect: "manual", ...form });
  }

  it("takes no function away", () => {
    expect(host.functions).toEqual(rig.host.functions);
    expect(calls.length).toBeGreaterThan(15);
  });

  it("answers what needs the setting with 503, and names none", async () => {
    const signOuts = ["authLogoutCallback", "authSignOut", "authSignedOut", "authEndSession"];
    const needing = calls.filter(({ name }) => !(signsOut && signOuts.includes(name)));
    for (const call of needing) {
      const answer = await send(call);
      const text = await answer.text();
      expect([call, answer.status]).toEqual([call, 503]);
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(text).not.toMatch(/[A-Z]+_[A-Z]|key vault|storage|@Microsoft/i);
      if (call.name === "authHealth") {
        if (call.method === "GET") expect(JSON.parse(text)).toEqual({ status: "unhealthy" });
      } else if (PAGES.test(call.name)) {
        expect(answer.headers.get("content-type")).toContain("text/html");
        expect(text).toContain("App not set up");
      } else if (call.name === "authLogoutCallback") {
        expect(answer.headers.get("refresh")).toBe("2");
        expect(answer.headers.get("x-frame-options")).toBeNull();
      } else {
        expect(answer.headers.get("content-type")).toBe("application/problem+json");
        expect(JSON.parse(text)).toMatchObject({
          type: "urn:lightsout:problem:setting-invalid",
          status: 503,
        });
      }
    }
  });

  it("says which setting in one line of the log, however often it is asked", () => {
    const messages = lines.map(({ message }) => message).filter((text) => text.startsWith("{"));
    const said = messages.filter((message) => message.startsWith('{"event":"setting.invalid"'));
    expect(said.join("\n")).toContain(named);
    expect(said.length).toBeLessThan(calls.length / 2);
    expect(messages.filter((message) => message.includes("request.failed"))).toEqual([]);
    expect(messages.join("\n")).not.toContain("v.vault.azure.net");
  });

  it(`${signsOut ? "goes on with" : "answers 503 to"} sign-outs, and their frame may be shown`, async () => {
    const browser = await signedInBrowser(rig);
    const elsewhere = await callFrontChannel(host, sidOf(rig, browser));
    expect(elsewhere.status).toBe(signsOut ? 200 : 503);
    expect(elsewhere.headers.get("refresh")).toBe(signsOut ? null : "2");
    expect(elsewhere.headers.get("x-frame-options")).toBeNull();
    const policy = elsewhere.headers.get("content-security-policy") ?? "";
    const usual = (await callFrontChannel(rig, "unknown")).headers.get("content-security-policy");
    // What the metadata adds is not known yet; nor where the provider is, if that setting is wrong.
    if (env === ALL_THAT_CAN_BE_SPARED) {
      expect(policy).toMatch(/frame-ancestors https:\/\/login\.microsoftonline\.com$/);
    } else {
      expect(policy).toMatch(/frame-ancestors \S+/);
      expect(usual).toContain(policy);
    }
    if (!signsOut) {
      expect(await held()).toBe(1);
      await callFrontChannel(rig, sidOf(rig, browser));
    }
    expect(await held()).toBe(0);
  });

  it(`${signsOut ? "signs out" : "says that nobody was signed out"} by cookie`, async () => {
    const browser = await signedInBrowser(rig);
    const cookie = sessionCookieOf(rig, browser);
    const call = { name: "authSignOut", method: "POST", path: "/auth/signout" };
    const answer = await send(call, cookie);
    expect(answer.status).toBe(signsOut ? 303 : 503);
    if (signsOut) {
      expect(answer.headers.get("location")).toContain("/oauth2/v2.0/logout?");
      expect(answer.headers.getSetCookie().join()).toContain("__Host-lightsout=; ");
    } else {
      expect(answer.headers.getSetCookie()).toEqual([]);
      expect(await held()).toBe(1);
      await callFrontChannel(rig, sidOf(rig, browser));
    }
    expect(await held()).toBe(0);
  });

  it(`${signsOut ? "goes on with" : "fails"} the purge`, async () => {
    const run = host.runTimer("authPurgeExpired");
    if (signsOut) await run;
    else await expect(run).rejects.toThrow(named);
  });
});
