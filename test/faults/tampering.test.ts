import { afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { startRig } from "../../local/rig.ts";
import type { Browser } from "../../local/tenant/browserless.ts";
import { eventually } from "../support/eventually.ts";
import { shared } from "../support/shared.ts";
import { openTable, type Row, readAccountRows, readTable, restoreTable } from "../support/table.ts";
import {
  ALEX,
  asOperator,
  callFrontChannel,
  sessionCookieOf,
  sidOf,
  signedInBrowser,
  signOutByCookie,
} from "../support/user.ts";

const rig = shared(() =>
  startRig({
    onLog: ({ level, message }) => {
      if (level !== "information") logged.push(message);
    },
  }),
);
let adele: Browser;
let intact: Row[];
let row: Row;
let other: Row;
/** What the app has logged at other levels than information. */
const logged: string[] = [];

beforeAll(async () => {
  adele = await signedInBrowser(rig);
  [row] = (await readAccountRows(rig.azurite)) as [Row];
  await signedInBrowser(rig, ALEX);
  intact = await readTable(rig.azurite);
  [other] = intact.filter((r) => r.rowKey.startsWith("c.") && r.rowKey !== row.rowKey) as [Row];
});
beforeEach(() => {
  logged.length = 0;
});
afterEach(() => restoreTable(rig.azurite, intact));

type Change = (sealed: Buffer) => Record<string, unknown>;

/* One of each kind: all of them, test/store/accountRow.test.ts. */
const CHANGES: [string, Change][] = [
  [
    "one bit of the ciphertext",
    (sealed) => ({ d0: sealed.map((byte, i) => (i === 100 ? byte ^ 1 : byte)) }),
  ],
  ["the content of another account", () => ({ d0: other.d0 })],
  ["no content", () => ({ d0: undefined })],
  ["a thousand million chunks", () => ({ chunks: 1e9 })],
  ["no key", () => ({ keyId: undefined })],
  ["another format", () => ({ format: 1 })],
];

/** Writes over Adele's row what somebody with access to the storage account could. */
async function tamper(change: Change): Promise<void> {
  const { etag: _, timestamp: __, ...properties } = row;
  const sealed = Buffer.from(row.d0 as Uint8Array);
  const table = openTable(rig.azurite);
  await table.updateEntity({ ...properties, ...change(sealed) } as Row, "Replace");
}

const [[, flip]] = CHANGES as [[string, Change]];

describe("a row with tokens that holds", () => {
  // In turn: what is alike in one function is logged twenty times a minute.
  const routes = ["/graph/me", "/my/next-meeting"] as const;
  const cases = CHANGES.map((change, i) => [...change, routes[i % routes.length]] as const);

  it.each(cases)("%s counts as absent, and is logged once", async (_, change, route) => {
    await tamper(change);
    const calls = rig.graph.calls.length;
    const answer = await adele.fetch(rig.url + route);
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({ type: "urn:lightsout:problem:signed-out" });
    expect(rig.graph.calls).toHaveLength(calls);
    await eventually(() => logged.length > 0);

    // The process goes on, and has nothing to add.
    await restoreTable(rig.azurite, intact);
    expect((await adele.fetch(`${rig.url}/graph/me`)).status).toBe(200);
    expect(logged).toEqual([expect.stringContaining('"event":"cache.unreadable"')]);
  });
});

it("a row that names a key which every object has is one whose key is missing", async () => {
  await tamper(() => ({ keyId: "__proto__" }));
  expect((await adele.fetch(`${rig.url}/graph/me`)).status).toBe(503);
  await eventually(() => logged.length > 0);
  expect(logged).toEqual([expect.stringContaining('"event":"cache.key_missing"')]);
});

describe("tokens that cannot be read", () => {
  beforeEach(() => tamper(flip));

  it("leave the pages working, and an operator's question", async () => {
    const home = await adele.get(rig.url);
    expect(home.status).toBe(200);
    expect(home.text).toContain("You are signed out");
    expect((await asOperator(rig)).status).toBe(200);
  });

  it.each<[string, number, () => Promise<Response>]>([
    ["the front channel", 200, () => callFrontChannel(rig, sidOf(rig, adele))],
    ["the cookie's sign-out", 303, () => signOutByCookie(rig, sessionCookieOf(rig, adele))],
    ["an operator", 204, () => asOperator(rig, "DELETE")],
  ])("are deleted by %s", async (_, status, signOut) => {
    expect((await signOut()).status).toBe(status);
    const rows = await readAccountRows(rig.azurite);
    expect(rows.filter((one) => one.partitionKey === row.partitionKey)).toEqual([]);
  });
});
