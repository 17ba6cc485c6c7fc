import { describe, expect, it } from "@jest/globals";
import type { TokenFault } from "../../local/tenant/tenant.ts";
import { transactionOf } from "../../src/shared/identity/transaction.ts";
import { findSession } from "../../src/shared/session/session.ts";
import {
  answeredSignIn,
  envOf,
  refOf,
  signIn,
  type TestApp,
  testApp,
  tokenRowsOf,
} from "../support/app.ts";
import { keepAliveSender } from "../support/send.ts";
import { BASE_URL, CLIENT_ID } from "../support/settings.ts";
import { sharedTenant } from "../support/sharedTenant.ts";

const tenant = sharedTenant();

/** What a refusal leads to: at a refresh of somebody who is signed in, and at the end of a sign-in. */
type Outcome = "signed out" | "asked" | "code refused" | "later" | "app" | "credential";
const CODES: Readonly<Record<Outcome, string>> = {
  "signed out": "ERR_SIGNED_OUT",
  asked: "ERR_INTERACTION_REQUIRED",
  "code refused": "ERR_SIGN_IN_REJECTED",
  later: "ERR_PROVIDER_UNAVAILABLE",
  app: "ERR_APP_REFUSED",
  credential: "ERR_APP_REFUSED",
};

const CLAIMS = JSON.stringify({ access_token: { acrs: { essential: true, value: "c1" } } });

const REFUSALS: [what: string, fault: TokenFault, refresh: Outcome, redemption: Outcome][] = [
  ...([50173, 700082, 70008, 70043, 50057, 50034] as const).map((number) =>
    refusal({ number }, "signed out", "code refused"),
  ),
  refusal({ number: 50173, error: "interaction_required" }, "signed out", "code refused"),
  refusal({ number: 70000, suberror: "bad_token" }, "signed out", "code refused"),
  refusal({ error: "invalid_grant", suberror: "bad_token" }, "signed out", "code refused"),

  ...([65001, 50076, 50079, 53003] as const).map((number) => refusal({ number }, "asked", "asked")),
  refusal({ number: 50076, error: "invalid_grant", claims: CLAIMS }, "asked", "asked"),
  refusal({ number: 65001, suberror: "consent_required" }, "asked", "asked"),
  refusal({ error: "interaction_required" }, "asked", "asked"),
  refusal({ error: "login_required" }, "asked", "asked"),
  refusal({ error: "consent_required" }, "asked", "asked"),

  // In doubt nothing is deleted.
  refusal({ error: "invalid_grant" }, "asked", "code refused"),
  refusal({ number: 70000 }, "asked", "code refused"),
  refusal({ number: 54005 }, "asked", "code refused"),
  refusal({ number: 90100, error: "invalid_grant" }, "asked", "code refused"),

  // The user may agree to scopes; at the end of a sign-in that has just been asked for.
  refusal({ number: 70011 }, "asked", "app"),
  refusal({ error: "invalid_scope" }, "asked", "app"),

  refusal({ number: 50196 }, "later", "later"),
  refusal({ number: 50196, headers: { "retry-after": "60" } }, "later", "later"),
  refusal({ number: 90033 }, "later", "later"),
  refusal({ number: 90055 }, "later", "later"),
  refusal({ error: "temporarily_unavailable" }, "later", "later"),
  refusal({ status: 429 }, "later", "later"),
  refusal({ status: 429, headers: { "retry-after": "17" } }, "later", "later"),
  refusal({ status: 429, number: 50173 }, "later", "later"),
  refusal({ status: 500, error: "server_error" }, "later", "later"),
  refusal({ status: 500, error: "invalid_grant" }, "later", "later"),
  refusal({ status: 503 }, "later", "later"),
  refusal({ status: 503, number: 50173 }, "later", "later"),
  refusal({ status: 504, error: "" }, "later", "later"),
  refusal({ status: "drop" }, "later", "later"),

  ...([500011, 28000, 9002327, 700016, 700038, 650052, 650053, 7000112, 70003, 90002] as const).map(
    (number) => refusal({ number }, "app", "app"),
  ),
  refusal({ number: 9002313 }, "app", "code refused"),
  refusal({ number: 9002313, error: "invalid_request" }, "app", "app"),
  refusal({ number: 90100, error: "invalid_client" }, "app", "app"),
  refusal({ error: "unauthorized_client" }, "app", "app"),
  refusal({ error: "invalid_request" }, "app", "app"),
  refusal({ error: "invalid_resource" }, "app", "app"),
  refusal({ error: "an error nobody has heard of" }, "app", "app"),
  ...([7000215, 7000222, 7000218, 700027, 700024, 700213] as const).map((number) =>
    refusal({ number }, "credential", "credential"),
  ),
  refusal({ status: 401, error: "invalid_client" }, "credential", "credential"),
];

function refusal(fault: TokenFault, refresh: Outcome, redemption: Outcome) {
  return [JSON.stringify(fault), fault, refresh, redemption] as (typeof REFUSALS)[number];
}

/** What is known of a refusal, and nothing that the provider wrote freely. */
function expectLogged(one: TestApp, fault: TokenFault, grant: string, outcome: Outcome): void {
  const { number, status } = fault;
  const logged = one.logged.filter(([, event]) => /^(token|app)\.refused$/.test(event));
  // Nobody has refused anything.
  if (status === "drop") return void expect(logged).toEqual([]);
  const known = /^(in|un|login|consent|temp|server)/.test(fault.error ?? "");
  const code =
    number !== undefined
      ? `AADSTS${number}`
      : fault.error === undefined
        ? "temporarily_unavailable"
        : known
          ? fault.error
          : String(status ?? 400);
  const details = {
    grant,
    code,
    ...(number !== undefined && {
      correlationId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    }),
  };
  const isApp = outcome === "app" || outcome === "credential";
  expect(logged).toEqual([
    ["warn", "token.refused", expect.objectContaining(details)],
    ...(isApp
      ? [["error", "app.refused", { ...details, fix: expect.stringMatching(/\w{4}/) }]]
      : []),
  ]);
  expect(JSON.stringify(one.logged)).not.toMatch(/Injected|nobody has heard/);
}

/** What is said to the caller. */
function expected(fault: TokenFault, outcome: Outcome) {
  const seconds = fault.headers?.["retry-after"];
  const retryAfter = seconds === undefined ? undefined : Number(seconds);
  return {
    code: CODES[outcome],
    ...(outcome === "later" && {
      retryAfter,
      message: seconds
        ? expect.stringContaining(`in ${seconds} seconds`)
        : "Microsoft Entra ID does not answer. Try again in a moment.",
    }),
    ...(outcome === "app" && { message: expect.stringMatching(/refuses this app's request/) }),
    ...(outcome === "credential" && { message: expect.stringMatching(/the app's credential/) }),
    ...(outcome === "asked" && { claims: fault.claims }),
    ...(outcome === "code refused" && { reason: "code_refused" }),
  };
}

it.each(REFUSALS)("a refusal at a refresh: %s", async (_, fault, outcome) => {
  const one = testApp(envOf(tenant));
  const ref = refOf(one, await signIn(one));
  const session = await findSession(one.app, CLIENT_ID, ref);
  const row = `${ref.partition}|c.${ref.generation}`;
  const before = one.table.rows.get(row);
  one.logged.length = 0;
  tenant.switches.tokenFault = fault;
  await expect(session?.getToken(["Mail.Read"])).rejects.toMatchObject({
    ...expected(fault, outcome),
    ...(outcome === "asked" && { scopes: ["Mail.Read"] }),
  });
  expect(one.table.rows.get(row)).toBe(outcome === "signed out" ? undefined : before);
  expectLogged(one, fault, "refresh_token", outcome);
  const events = one.logged.map(([, event]) => event);
  expect(events.includes("signout.revoked")).toBe(outcome === "signed out");
  expect(events).not.toContain("token.refreshed");
  const asked = one.logged.filter(([, event]) => event === "token.interaction_required");
  const account = ref.partition;
  expect(asked).toEqual(
    outcome === "asked" ? [["info", "token.interaction_required", { account }]] : [],
  );

  tenant.switches.tokenFault = undefined;
  const after = await findSession(one.app, CLIENT_ID, ref);
  if (outcome === "signed out") expect(after).toBeUndefined();
  else await expect(after?.getToken(["Mail.Read"])).resolves.toMatch(/./);
});

it.each(REFUSALS)("a refusal at the end of a sign-in: %s", async (_, fault, __, outcome) => {
  const one = testApp(envOf(tenant));
  const { finish } = await answeredSignIn(one, { scopes: ["Mail.Read"] });
  tenant.switches.tokenFault = fault;
  await expect(finish().then(({ refused }) => Promise.reject(refused))).rejects.toMatchObject({
    ...expected(fault, outcome),
    ...(outcome === "asked" && { scopes: ["User.Read", "Mail.Read"] }),
  });
  expect(tokenRowsOf(one)).toEqual([]);
  expectLogged(one, fault, "authorization_code", outcome);
});

describe("what the provider writes", () => {
  const send = keepAliveSender();
  const DEAD = { code: "AADSTS50173" };
  const denied = (more: object) => JSON.stringify({ error: "invalid_grant", ...more });
  it.each<[string, string, object]>([
    ["a correlation id with more in it", denied({ correlation_id: `${CLIENT_ID}\nevil` }), {}],
    ["a correlation id that is a number", denied({ correlation_id: 5 }), {}],
    [
      "a correlation id",
      denied({ correlation_id: CLIENT_ID.toUpperCase() }),
      { correlationId: CLIENT_ID },
    ],
    ["a number in its text", denied({ error_description: "AADSTS50173: x" }), DEAD],
    ["a number that is none", denied({ error_codes: ["50173; evil"] }), {}],
    ["no object", '["evil"]', { code: "400" }],
    ["no JSON", "<evil>", { code: "400" }],
  ])("%s gets into the log as far as it has a form", async (_, answer, details) => {
    const one = testApp(envOf(tenant), {
      send: async (url, outgoing) =>
        /\/token(\?|$)/.test(String(url))
          ? { status: 400, headers: {}, body: Buffer.from(answer) }
          : send(url, outgoing),
    });
    const { tokens } = one.app;
    const redeemed = tokens.redeem("a code", BASE_URL, ["User.Read"], transactionOf("s"));
    await expect(redeemed).rejects.toThrow();
    const [, , logged] = one.logged[0] ?? [];
    expect(logged).toMatchObject({ code: "invalid_grant", ...details });
    expect("correlationId" in (logged ?? {})).toBe("correlationId" in details);
    expect(JSON.stringify(one.logged)).not.toContain("evil");
  });
});
