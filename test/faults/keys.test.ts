import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import type { FunctionsHost, LogLine } from "../../local/host/host.ts";
import { type Rig, startRig } from "../../local/rig.ts";
import { type Browser, createBrowser } from "../../local/tenant/browserless.ts";
import { eventually } from "../support/eventually.ts";
import { readAccountRows } from "../support/table.ts";
import {
  ADELE,
  ALEX,
  asOperator,
  callFrontChannel,
  isSignedIn,
  sessionCookieOf,
  sidOf,
  signedInBrowser,
  signOutByCookie,
} from "../support/user.ts";

const OLD = `old:${randomBytes(32).toString("base64")}`;
const NEW = `new:${randomBytes(32).toString("base64")}`;

let rig: Rig;
let hosts: FunctionsHost[] = [];
const faults: LogLine[] = [];
/** Lines that come at most once a minute: nobody knows with which request. */
const damped: LogLine[] = [];
let isDamped = (_: LogLine) => false;

beforeAll(async () => {
  const onLog = (line: LogLine) => {
    if (line.level === "error") (isDamped(line) ? damped : faults).push(line);
  };
  rig = await startRig({ onLog });
  // Too short to be handed out twice: every Graph call refreshes, and writes.
  rig.tenant.switches.caeAccessTokenLifetime = 60;
  hosts = [rig.host];
});
afterEach(() => expect(faults).toEqual([]));
afterAll(() => rig?.stop());

/** What was logged, once so many lines of an answer have come. */
async function faultsOf(count: number): Promise<unknown[]> {
  await eventually(() => faults.length >= count);
  return faults.splice(0).map(({ message }) => JSON.parse(message));
}

/** Replaces one of the two instances by one with these keys. The first is the one users are sent to. */
async function deploy(instance: number, keys: readonly string[]): Promise<void> {
  await hosts[instance]?.stop();
  const env = { TOKEN_CACHE_KEYS: keys.join() };
  const port = hosts[instance]?.port ?? 0;
  hosts[instance] = await rig.startHost({ port, env });
}

async function signOutByOperator(username: string): Promise<void> {
  expect((await asOperator(rig, "DELETE", username)).status).toBe(204);
}

const keyIds = async () => (await readAccountRows(rig.azurite)).map(({ keyId }) => keyId);

describe("a rotation of keys, one instance after the other", () => {
  const steps: [string, number, string[]][] = [
    ["the first instance has the old key", 0, [OLD]],
    ["so has the second", 1, [OLD]],
    ["the first can open with the new one", 0, [OLD, NEW]],
    ["so can the second", 1, [OLD, NEW]],
    ["the first seals with the new one", 0, [NEW, OLD]],
    ["so does the second", 1, [NEW, OLD]],
  ];
  const browsers: Browser[] = [];

  it.each(steps)("nobody notices when %s", async (_, instance, keys) => {
    await deploy(instance, keys);
    browsers.push(await signedInBrowser(rig, [ADELE, ALEX][browsers.length % 2]));
    for (const { url } of hosts) {
      for (const browser of browsers) {
        expect((await browser.fetch(`${url}/graph/me`)).status).toBe(200);
        expect(await isSignedIn({ url }, sessionCookieOf(rig, browser))).toBe(true);
      }
    }
  });

  it("leaves everything that is in use sealed with the new key", async () => {
    expect(await keyIds()).toEqual(["new", "new"]);
  });
});

describe("a key that an instance has not got", () => {
  let adele: Browser;
  let state: string;

  beforeAll(async () => {
    isDamped = ({ message }) => /"cache\.key_missing","reason":"new [\w-]{8}"/.test(message);
    await deploy(0, [OLD]);
    for (const username of [ADELE, ALEX]) await signOutByOperator(username);
    const late = await createBrowser().signIn(`${rig.url}/auth/signin`, ADELE);
    state = new URLSearchParams(late.fields).get("state") ?? "";
    adele = await signedInBrowser(rig);
    // Its refresh seals the row anew, with a key that the first does not know.
    await deploy(1, [NEW, OLD]);
    expect((await adele.fetch(`${hosts[1]?.url}/graph/me`)).status).toBe(200);
    expect(await keyIds()).toEqual(["new"]);
  });

  it.each<[string, string]>([
    ["/auth/session", "application/problem+json"],
    ["/graph/me", "application/problem+json"],
    ["/my/next-meeting", "application/problem+json"],
    ["/auth/sessions", "text/html"],
    ["/", "text/html"],
    ["the address for late answers", "text/html"],
  ])("leaves open whether somebody is signed in, at %s", async (path, type) => {
    const late = `/auth/callback?${new URLSearchParams({ state })}`;
    const how = type === "text/html" ? "get" : "fetch";
    const answer = await adele[how](rig.url + (path.startsWith("/") ? path : late));
    expect(answer.status).toBe(503);
    expect(answer.headers["content-type"]).toContain(type);
    expect(answer.headers["set-cookie"]).toBeUndefined();
    await eventually(() => damped.length > 0);
    expect(await keyIds()).toEqual(["new"]);
    expect(await isSignedIn(hosts[1] as FunctionsHost, sessionCookieOf(rig, adele))).toBe(true);
  });

  it("does not keep anybody from signing out", async () => {
    expect((await signOutByCookie(rig, sessionCookieOf(rig, adele))).status).toBe(303);
    expect(await keyIds()).toEqual([]);
  });
});

describe("a retired key", () => {
  let adele: Browser;
  let alex: Browser;
  let pending: Awaited<ReturnType<Browser["signIn"]>>;
  const undecided = createBrowser();

  beforeAll(async () => {
    await deploy(0, [OLD]);
    for (const username of [ADELE, ALEX]) await signOutByOperator(username);
    adele = await signedInBrowser(rig);
    alex = await signedInBrowser(rig, ALEX);
    pending = await undecided.signIn(`${rig.url}/auth/signin`, ADELE);
    expect(await keyIds()).toEqual(["old", "old"]);
    await deploy(0, [NEW]);
  });

  it("signs the user out, and says so", async () => {
    expect((await adele.fetch(`${rig.url}/graph/me`)).status).toBe(401);
    expect(await isSignedIn(rig, sessionCookieOf(rig, adele))).toBe(false);
    const home = await adele.get(rig.url);
    expect(home.status).toBe(200);
    expect(home.text).toContain("You are signed out");
  });

  it("ends a sign-in that was under way", async () => {
    const answer = await undecided.submit(pending, { follow: false });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("Start again");
  });

  it("leaves its rows, and holds up who signs in again, until an operator has signed the account out", async () => {
    const form = await adele.signIn(`${rig.url}/auth/signin`, ADELE);
    const answer = await adele.submit(form, { follow: false });
    expect(answer.status).toBe(503);
    expect(answer.text).toContain("cannot be opened here at the moment");
    expect(await keyIds()).toEqual(["old", "old"]);
    expect(await faultsOf(1)).toMatchObject([
      { event: "cache.key_missing", reason: expect.stringMatching(/^old [\w-]{8}$/) },
    ]);

    await signOutByOperator(ADELE);
    await signedInBrowser(rig, ADELE, adele);
    expect((await adele.fetch(`${rig.url}/graph/me`)).status).toBe(200);
    expect((await keyIds()).sort()).toEqual(["new", "old"]);
  });

  it("does not keep the front channel from deleting its tokens", async () => {
    // Nobody can tell who has written what leads to them.
    expect((await callFrontChannel(rig, sidOf(rig, alex, ALEX))).status).toBe(503);
    expect(await keyIds()).toEqual(["new"]);
    expect(await faultsOf(2)).toMatchObject([
      { event: "index.forged" },
      { event: "request.failed" },
    ]);
  });
});
