import { createHmac, hkdfSync } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import { afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { startGraph } from "../../local/graph/graph.ts";
import { type Browser, createBrowser } from "../../local/tenant/browserless.ts";
import { startTenant } from "../../local/tenant/tenant.ts";
import { accountPartition, type HomeAccountId, sessionKey } from "../../src/shared/rows/keys.ts";
import type { KeptSession } from "../../src/shared/store/account.ts";
import { unsealAccount } from "../../src/shared/store/accountRow.ts";
import type { Entity, Stored } from "../../src/shared/table/table.ts";
import { azuriteStore } from "../support/azuriteStore.ts";
import { watchedRig } from "../support/secrets.ts";
import { readAccountRows, readTable, restoreTable } from "../support/table.ts";
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

/** Everything that the provider has issued, and who the user is. */
function isTold(text: string): boolean {
  const { issued, users } = rig.tenant;
  const secrets = [...issued, ...users.flatMap(({ name, username }) => [name, username])];
  return secrets.some((secret) => text.includes(secret));
}

it("a copy of the table shows nobody's name, address or token while people are signed in", async () => {
  await browser.fetch(`${rig.url}/graph/me/messages`);
  const rows = await readTable(rig.azurite);
  expect(rows.length).toBeGreaterThan(3);
  const text = (value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : String(value);
  const raw = rows.flatMap((row) => Object.entries(row).flat().map(text)).join("\n");
  // The start of every JWT; three letters alone turn up in ciphertext by chance.
  expect(/eyJ[\w-]{6}/.test(raw)).toBe(false);
  const secrets = ["Adele", "adelev", "contoso", oidOf(rig), rig.tenant.tenantId];
  expect(secrets.filter((secret) => raw.includes(secret))).toEqual([]);
});

describe("a copy of the table, every app setting and the code", () => {
  it("tell when and where sessions were made, and not whose they are", async () => {
    const [[, { segment, ...entry }]] = (await segments()) as [[string, KeptSession]];
    expect(Object.keys(entry).sort()).toEqual([
      "confirmedAt",
      "device",
      "expiresAt",
      "issuedAt",
      "signedInAt",
    ]);
    expect(isTold(JSON.stringify(entry))).toBe(false);
    expect(isTold(Buffer.from(segment.bytes).toString("latin1"))).toBe(false);
  });

  it("open no token, with whatever is in them as the share", async () => {
    const { keyring } = storeOf();
    const rows = await readTable(rig.azurite);
    const [[key, { segment }]] = (await segments()) as [[string, KeptSession]];
    const generation = rows.find(
      ({ partitionKey, rowKey }) => partitionKey === partition() && rowKey !== "head",
    );
    const place = `${partition()}/${generation?.rowKey}/${key}`;
    const known = [
      ...rows.flatMap((row) => Object.values(row)),
      ...Object.values(rig.env),
      key,
      place,
    ].flatMap((value) => {
      const text =
        value instanceof Uint8Array ? Buffer.from(value).toString("base64url") : String(value);
      return [Buffer.from(text), Buffer.from(text, "base64url"), Buffer.from(text, "base64")];
    });
    for (const share of [undefined, Buffer.alloc(0), Buffer.alloc(32), ...known]) {
      const opened = keyring.unseal(segment, "session", place, share);
      expect(opened).toBeUndefined();
    }
    // What they open for the browser, so that the attempts above were at the right lock.
    const { share } = ticketOf(rig, browser, keyring);
    const opened = keyring.unseal(segment, "session", place, Buffer.from(share, "base64url"));
    expect(opened).toBeDefined();
    const rest = Buffer.from(opened as Uint8Array).toString("latin1");
    expect(isTold(rest)).toBe(true);
  });

  it("give the key of no segment: it is derived from the share alone in its salt", async () => {
    const [, root = ""] = (rig.env.TOKEN_CACHE_KEYS ?? "").split(":");
    const {
      partition: account,
      generation,
      sessionId,
      share,
    } = ticketOf(rig, browser, storeOf().keyring);
    const hmac = (key: Uint8Array, text: string) => createHmac("sha256", key).update(text).digest();
    const place = `${account}/c.${generation}/${sessionKey(sessionId)}`;
    const rowKey = hmac(hmac(Buffer.from(root, "base64"), "lightsout/1\0session"), place);
    const info = `lightsout/share\0session\0${place}`;
    const keyWith = (salt: Uint8Array) => Buffer.from(hkdfSync("sha256", rowKey, salt, info, 32));
    const keys = [Buffer.from(share, "base64url"), Buffer.alloc(32), Buffer.alloc(0)].map(keyWith);
    expect(new Set(keys.map(String)).size).toBe(2);
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

describe("a copied cookie", () => {
  it("gives nothing without table and keys", () => {
    const [, value = ""] = sessionCookieOf(rig, browser).split("=");
    const [, sealed = ""] = value.split(".");
    const bytes = Buffer.from(sealed, "base64url");
    for (const offset of [0, 12, 28]) {
      const text = bytes.subarray(offset).toString("latin1");
      expect(isTold(text)).toBe(false);
      expect(() => JSON.parse(text)).toThrow();
      expect(() => inflateRawSync(bytes.subarray(offset))).toThrow();
    }
  });
});

describe("a backup that is put back after a sign-out", () => {
  it("opens no token for who has it, the table, and every app setting", async () => {
    const victim = await signedInBrowser(rig);
    const backup = await readTable(rig.azurite);
    expect((await signOutByCookie(rig, sessionCookieOf(rig, victim))).status).toBe(303);
    await restoreTable(rig.azurite, backup);
    const { keyring } = storeOf();
    for (const [, { segment }] of await segments()) {
      for (const share of [undefined, Buffer.alloc(32)]) {
        expect(keyring.unseal(segment, "session", "", share)).toBeUndefined();
      }
    }
    // With its old cookie, which the sign-out has taken from the browser, the session would be back.
    expect(await sessionOf(rig, victim)).toMatchObject({ signedIn: true });
  });
});
