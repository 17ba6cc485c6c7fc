import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../local/root.ts";
import type { Sid } from "../../src/shared/rows/keys.ts";
import type { Stored } from "../../src/shared/table/table.ts";
import { ADELE, ALEX, envOf, GUEST, signIn, tenantOfApp, testApp } from "../support/app.ts";
import { KEYS } from "../support/settings.ts";

/** What a release has left in the table and in browsers. */
export interface StoredBy {
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly env: Readonly<Record<string, string>>;
  readonly rows: readonly Stored[];
  readonly sessions: readonly SessionStored[];
  /** Signed out while it was signed in. */
  readonly signedOut: Sid;
  /** Signed out before anybody signed in with it. */
  readonly signedOutEarly: Sid;
}

export interface SessionStored {
  readonly username: string;
  readonly homeAccountId: string;
  readonly sid: Sid;
  /** The session cookie's value. */
  readonly cookie: string;
}

/** Lets people come and go, with the code at hand. */
export async function storedNow(): Promise<StoredBy> {
  const tenant = await tenantOfApp();
  try {
    const app = testApp(envOf(tenant));
    const sessions: SessionStored[] = [];
    for (const username of [ADELE, ADELE, ALEX, GUEST, ALEX]) {
      const cookie = await signIn(app, username);
      const signedIn = tenant.sessions.at(-1)?.signIns[0];
      if (!signedIn) throw new Error("Nobody is signed in to the tenant.");
      const { user, sid } = signedIn;
      const homeAccountId = `${user.oid}.${user.tenantId ?? tenant.tenantId}`;
      sessions.push({ username, homeAccountId, sid: sid as Sid, cookie });
    }
    const signedOut = sessions.pop()?.sid as Sid;
    const signedOutEarly = "nobody's" as Sid;
    // Of the account's sessions, the other one goes too.
    for (const sid of [signedOut, signedOutEarly]) await app.app.signOuts.byFrontChannel(sid);
    return {
      version: versionNow(),
      at: Date.now(),
      env: { ENTRA_TENANT_ID: tenant.tenantId, TOKEN_CACHE_KEYS: KEYS },
      rows: [...app.table.rows.values()],
      sessions: sessions.filter(({ username }) => username !== ALEX),
      signedOut,
      signedOutEarly,
    };
  } finally {
    await tenant.stop();
  }
}

export function versionNow(): string {
  return JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).version;
}

/** As text, with bytes in base64. */
export function write(stored: StoredBy): string {
  const encode = (_: string, value: unknown) =>
    value instanceof Uint8Array ? { base64: Buffer.from(value).toString("base64") } : value;
  const rows = stored.rows.map((row) => ({ ...row }));
  // Buffers have a JSON form of their own, which comes first.
  for (const row of rows)
    for (const [name, value] of Object.entries(row))
      if (Buffer.isBuffer(value)) Object.assign(row, { [name]: new Uint8Array(value) });
  return `${JSON.stringify({ ...stored, rows }, encode, 2)}\n`;
}

export function read(text: string): StoredBy {
  return JSON.parse(text, (_, value) =>
    typeof value?.base64 === "string" ? new Uint8Array(Buffer.from(value.base64, "base64")) : value,
  );
}
