import { inflateRawSync } from "node:zlib";
import { afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { startGraph } from "../../local/graph/graph.ts";
import { type Browser, createBrowser } from "../../local/tenant/browserless.ts";
import { startTenant } from "../../local/tenant/tenant.ts";
import { accountPartition, type HomeAccountId, sessionKey } from "../../src/shared/rows/keys.ts";
import { sessionCookie } from "../../src/shared/session/sessionCookie.ts";
import type { KeptSession } from "../../src/shared/store/account.ts";
import { unsealAccount } from "../../src/shared/store/accountRow.ts";
import type { Entity, Stored } from "../../src/shared/table/table.ts";
import { azuriteStore } from "../support/azuriteStore.ts";
import { watchedRig } from "../support/secrets.ts";
import { type Row, readAccountRows, readTable, restoreTable } from "../support/table.ts";
import {
  ADELE,
  homeAccountIdOf,
  oidOf,
  sessionCookieOf,
  sessionOf,
  signedInBrowser,
  signOutByCookie,
  ticketOf,
} from "../support/user.ts";

/*
 * Whoever has a copy of the whole table, every app setting and the code, but not the browser's cookie, opens no token.
 */

const rig = watchedRig();
let browser: Browser;
beforeAll(async () => {
  browser = await signedInBrowser(rig);
  expect((await browser.fetch(`${rig.url}/graph/me`)).status).toBe(200);
});
afterEach(() => expect(rig.leaks()).resolves.toEqual([]));

const storeOf = () => azuriteStore(rig.azurite, { keys: rig.env.TOKEN_CACHE_KEYS as string });
const partition = () => accountPartition(homeAccountIdOf(rig) as HomeAccountId);

async function segments(): Promise<[key: string, KeptSession][]> {
  const rows = (await readAccountRows(rig.azurite)) as unknown as Stored<Entity>[];
  const row = rows.find(({ partitionKey }) => partitionKey === partition());
  return Object.entries((row && unsealAccount(storeOf().keyring, row)?.sessions) ?? {});
}

/** The segment of a browser's session, what it is sealed for, and what only that browser has. */
async function segmentOf(of: Browser) {
  const { partition, generation, sessionId, share } = ticketOf(rig, of, storeOf().keyring);
  const key = sessionKey(sessionId);
  const { segment } = new Map(await segments()).get(key) as KeptSession;
  const place = `${partition}/c.${generation}/${key}`;
  return { segment, place, share: Buffer.from(share, "base64url") };
}

/** Whatever could be a share in a copy of the table and in the settings. */
function sharesIn(rows: readonly Row[], place: string): (Uint8Array | undefined)[] {
  const known = [...rows.flatMap((row) => Object.values(row)), ...Object.values(rig.env), place];
  return [
    ...[undefined, Buffer.alloc(0), Buffer.alloc(32)],
    ...known.flatMap((value) => {
      const text =
        value instanceof Uint8Array ? Buffer.from(value).toString("base64url") : String(value);
      return [Buffer.from(text), Buffer.from(text, "base64url"), Buffer.from(text, "base64")];
    }),
  ];
}

/** Whether a text has something that the provider has issued, or says who the user is. */
function isTold(text: string): boolean {
  const { issued, users, sessions } = rig.tenant;
  const secrets = [
    ...issued,
    ...users.flatMap(({ name, username }) => [name, username]),
    ...sessions.flatMap(({ signIns }) => signIns.map(({ sid }) => sid)),
  ];
  return secrets.some((secret) => text.includes(secret));
}

describe("a copy of the table, every app setting and the code", () => {
  it("tell when and where sessions were made, and not whose they are", async () => {
    const [[, { segment: _, ...entry }]] = (await segments()) as [[string, KeptSession]];
    expect(Object.keys(entry).sort()).toEqual([
      "confirmedAt",
      "device",
      "expiresAt",
      "issuedAt",
      "signedInAt",
    ]);
    expect(isTold(JSON.stringify(entry))).toBe(false);
    const text = (value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : String(value);
    const rows = await readTable(rig.azurite);
    const raw = rows.flatMap((row) => Object.entries(row).flat().map(text)).join("\n");
    expect(isTold(raw)).toBe(false);
    // The start of every JWT; three letters alone turn up in ciphertext by chance.
    expect(/eyJ[\w-]{6}/.test(raw)).toBe(false);
    const secrets = ["Adele", "adelev", "contoso", oidOf(rig), rig.tenant.tenantId];
    expect(secrets.filter((secret) => raw.includes(secret))).toEqual([]);
  });

  // That the key is HKDF's, with the share as its salt: test/crypto/keyring.test.ts.
  it("open no token, with whatever is in them as the share", async () => {
    const { keyring } = storeOf();
    const { segment, place, share } = await segmentOf(browser);
    for (const known of sharesIn(await readTable(rig.azurite), place)) {
      expect(keyring.unseal(segment, "session", place, known)).toBeUndefined();
    }
    // What they open for the browser, so that the attempts above were at the right lock.
    const opened = keyring.unseal(segment, "session", place, share);
    expect(isTold(Buffer.from(opened as Uint8Array).toString("latin1"))).toBe(true);
  });

  it("make no cookie that leads to a session: its id is in them as a hash alone", async () => {
    const { keyring } = storeOf();
    const [[key]] = (await segments()) as [[string, KeptSession]];
    const { partition, generation } = ticketOf(rig, browser, keyring);
    for (const sessionId of [key, key.slice(0, 22), generation, ""]) {
      for (const share of ["", key, Buffer.alloc(32).toString("base64url")]) {
        const ticket = { partition, generation, sessionId, share };
        const { name, value } = sessionCookie(keyring, ticket, 3_600_000);
        const answer = await fetch(`${rig.url}/auth/session`, {
          headers: { cookie: `${name}=${value}` },
        });
        expect(await answer.json()).toMatchObject({ signedIn: false });
      }
    }
  });

  it("bring nothing along for an attacker who runs the app and signs in there as the victim", async () => {
    const before = await segments();
    const held = ticketOf(rig, browser, storeOf().keyring);
    // A provider and a Graph of the attacker's own, on the real table, with the real keys and ids.
    const registration = [...rig.tenant.apps.values()].filter(
      ({ clientId }) => clientId === rig.env.ENTRA_CLIENT_ID,
    );
    const tenant = await startTenant({
      apps: registration,
      tenantId: rig.tenant.tenantId,
      users: rig.tenant.users,
    });
    const seen: string[] = [];
    const graph = await startGraph({
      verify(token) {
        seen.push(token);
        return tenant.verifyAccessToken(token);
      },
    });
    const host = await rig.startHost({
      env: { ENTRA_METADATA_URL: tenant.metadataUrl, GRAPH_BASE_URL: graph.url },
    });
    try {
      const cookie = await signInAt(host.url);
      for (const path of ["/graph/me", "/auth/session", "/auth/sessions", "/"]) {
        expect((await fetch(host.url + path, { headers: { cookie } })).status).toBe(200);
      }
      const theirs = new Set(rig.tenant.issued);
      expect(seen.length).toBeGreaterThan(0);
      expect(seen.filter((token) => theirs.has(token))).toEqual([]);
      // The victim's segment is as it was, and still theirs alone.
      const after = new Map(await segments());
      const key = sessionKey(held.sessionId);
      expect(after.get(key)?.segment).toEqual(new Map(before).get(key)?.segment);
      expect(after.size).toBe(before.length + 1);
    } finally {
      await host.stop();
      await graph.stop();
      await tenant.stop();
    }
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: true });
  });
});

/** Signs the victim in at the attacker's provider. @returns the session's cookie. */
async function signInAt(url: string): Promise<string> {
  const started = await fetch(`${url}/auth/signin`, { redirect: "manual" });
  const form = await createBrowser().signIn(started.headers.get("location") ?? "", ADELE);
  const finished = await fetch(`${url}/auth/callback`, {
    method: "POST",
    headers: { cookie: cookiesOf(started) },
    body: new URLSearchParams(form.fields),
    redirect: "manual",
  });
  expect(finished.status).toBe(303);
  return cookiesOf(finished);
}

const cookiesOf = ({ headers }: Response) =>
  headers
    .getSetCookie()
    .map((cookie) => cookie.replace(/;.*/, ""))
    .join("; ");

it("a copied cookie gives nothing without table and keys", () => {
  const [, value = ""] = sessionCookieOf(rig, browser).split("=");
  const [, sealed = ""] = value.split(".");
  const bytes = Buffer.from(sealed, "base64url");
  for (const offset of [0, 12, 28]) {
    const text = bytes.subarray(offset).toString("latin1");
    expect(isTold(text)).toBe(false);
    expect(() => JSON.parse(text)).toThrow();
    // By chance, one in some hundreds of ciphertexts begins like a short compressed text.
    expect(isTold(inflated(bytes.subarray(offset)))).toBe(false);
  }
});

it("a backup that is put back after a sign-out opens no token for who has it, the table, and every app setting", async () => {
  const victim = await signedInBrowser(rig);
  const backup = await readTable(rig.azurite);
  const copied = await segmentOf(victim);
  expect((await signOutByCookie(rig, sessionCookieOf(rig, victim))).status).toBe(303);
  await restoreTable(rig.azurite, backup);
  const { keyring } = storeOf();
  const { segment, place, share } = await segmentOf(victim);
  expect(segment).toEqual(copied.segment);
  for (const known of sharesIn(backup, place)) {
    expect(keyring.unseal(segment, "session", place, known)).toBeUndefined();
  }
  expect(keyring.unseal(segment, "session", place, share)).toBeDefined();
  // With its old cookie, which the sign-out has taken from the browser, the session would be back.
  expect(await sessionOf(rig, victim)).toMatchObject({ signedIn: true });
});

function inflated(bytes: Uint8Array): string {
  try {
    return inflateRawSync(bytes).toString("latin1");
  } catch {
    return "";
  }
}
