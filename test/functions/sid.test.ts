import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type Browser, createBrowser } from "../../local/tenant/browserless.ts";
import { type Sid, sidPartition } from "../../src/shared/rows/keys.ts";
import { itLeaksNothing, seen } from "../support/attack.ts";
import { signLogoutToken } from "../support/logoutToken.ts";
import { sendRaw } from "../support/raw.ts";
import { watchedRig } from "../support/secrets.ts";
import { openTable, readAccountRows } from "../support/table.ts";
import { sessionOf, sidOf, signedInBrowser, signOutAtProvider } from "../support/user.ts";

/*
 * A `sid` may be any printable ASCII, blanks at its ends too, and is compared to the letter. The OpenID
 * Foundation's suite has one of all 33 signs that are neither letter nor digit.
 */

const SIGNS = " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
const PATH = "/auth/logout-callback";

const rig = watchedRig();

function nameSessions(sid: unknown): void {
  rig.tenant.switches.idTokenOverrides = (claims) => ({
    claims: { ...claims, sid } as typeof claims,
  });
}

/** RFC 3986 §3.4: everything that may stand in a query as it is stands there as it is. */
const bare = (text: string) =>
  encodeURI(text).replace(/[#&]|%5B|%5D/g, (sign) =>
    sign.length > 1 ? sign : encodeURIComponent(sign),
  );

/** The ways of a `sid` from the provider to here. */
const WAYS: Readonly<Record<string, (sid: string, browser: Browser) => Promise<unknown>>> = {
  "encoded as a form": (sid) => sendRaw(rig, `${PATH}?${new URLSearchParams({ sid })}`),
  "every sign encoded": (sid) => sendRaw(rig, `${PATH}?sid=${encodeURIComponent(sid)}`),
  "no sign encoded that need not be": (sid) => sendRaw(rig, `${PATH}?sid=${bare(sid)}`),
  "the provider's frame": async (sid, browser) => {
    const own = sidOf(rig, browser);
    const signIn = rig.tenant.sessions
      .flatMap(({ signIns }) => signIns)
      .find((one) => one.sid === own);
    Object.assign(signIn ?? {}, { sid });
    const page = await signOutAtProvider(rig, browser);
    expect(page.frames).toHaveLength(1);
    await browser.loadFrames(page);
  },
  "the back channel": async (sid) => {
    const body = new URLSearchParams({ logout_token: await signLogoutToken(rig, { sid }) });
    await fetch(`${rig.url}/auth/backchannel-logout`, { method: "POST", body });
  },
};

let serial = 0;

/** What is between its ends makes it the only one of its kind, and nothing else that the app says looks like it. */
async function expectSignOut(way: string, start: string, end: string): Promise<void> {
  const sid = `${start}${String(++serial).padStart(12, "0")}${end}`;
  nameSessions(sid);
  const browser = await signedInBrowser(rig);
  expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: true });
  await WAYS[way]?.(sid, browser);
  expect({ sid, ...(await sessionOf(rig, browser)) }).toMatchObject({ sid, signedIn: false });
}

describe.each(Object.keys(WAYS))("a sid by way of %s", (way) => {
  it("signs out, with all 33 signs and blanks at its ends", () =>
    expectSignOut(way, ` ${SIGNS}`, `${SIGNS} `));

  it("signs out, of 512 characters", () => expectSignOut(way, "x".repeat(491), "y".repeat(9)));

  it("signs out, whatever it is", async () => {
    const signs = fc.string({ unit: fc.constantFrom(...SIGNS, "a", "2", "B"), maxLength: 12 });
    const property = fc.asyncProperty(signs, signs, (start, end) => expectSignOut(way, start, end));
    await fc.assert(property, { numRuns: 12 });
  });
});

describe("a session that no sign-out could name", () => {
  it.each<[string, unknown]>([
    ["513 characters", "x".repeat(513)],
    ["a letter with an accent", "\u00e9"],
    ["a line break", "a\nb"],
    ["a number", 5],
  ])("is not opened: %s", async (_, sid) => {
    nameSessions(sid);
    const before = await readAccountRows(rig.azurite);
    const browser = createBrowser();
    const form = await browser.signIn(`${rig.url}/auth/signin`, "adelev@contoso.com");
    const answer = await browser.submit(form);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("could not sign you out later");
    expect(await readAccountRows(rig.azurite)).toEqual(before);
    expect(lastLine("signin.refused")).toEqual({ reason: "id_token_sid" });
  });

  it("is not taken from session_state either", async () => {
    rig.tenant.switches.omitSid = true;
    const browser = createBrowser();
    const form = await browser.signIn(`${rig.url}/auth/signin`, "adelev@contoso.com");
    const sessionState = "x".repeat(513);
    await browser.submit({ ...form, fields: { ...form.fields, session_state: sessionState } });
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: true });
    expect(lastLine("signin.done")).toMatchObject({ sidClaim: false });
    const partitionKey = sidPartition(sessionState as Sid);
    await expect(openTable(rig.azurite).getEntity(partitionKey, "sid")).rejects.toThrow();
  });
});

it.each<[string, string]>([
  ["no_sid", ""],
  ["two_sids", "?sid=a&sid=a"],
  ["escaped_sid", "?iss=a&amp;sid=a"],
  ["unusable_sid", `?sid=${"x".repeat(513)}`],
  ["foreign_issuer", "?sid=a&iss=https://evil.example"],
  ["two_issuers", "?sid=a&iss=a&iss=a"],
])(
  "a front-channel call that names nobody is answered like any other, and logged once, however often it comes: %s",
  async (reason, query) => {
    const known = seen(await sendRaw(rig, `${PATH}?sid=made-up`));
    const lines = () => linesOf("signout.ignored").filter((line) => line.reason === reason);
    for (let i = 0; i < 20; i++) expect(seen(await sendRaw(rig, PATH + query))).toBe(known);
    expect(lines()).toEqual([{ reason, count: 1 }]);
  },
);

function linesOf(event: string): Record<string, unknown>[] {
  return rig.logs
    .filter(({ message }) => message.startsWith(`{"event":"${event}"`))
    .map(({ message }) => {
      const { event: _, ...details } = JSON.parse(message);
      return details;
    });
}

const lastLine = (event: string) => linesOf(event).at(-1);

itLeaksNothing(() => rig);
