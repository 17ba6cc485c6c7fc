import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../local/root.ts";
import type { Cookie } from "../../src/shared/http/types.ts";
import { type Sid, sessionKey } from "../../src/shared/rows/keys.ts";
import { boundCookie } from "../../src/shared/session/bound.ts";
import { useCookies } from "../../src/shared/session/idle.ts";
import { bindSession } from "../../src/shared/store/bindSession.ts";
import type { Stored } from "../../src/shared/table/table.ts";
import {
  ADELE,
  ALEX,
  envOf,
  GUEST,
  refOf,
  signIn,
  type TestApp,
  tenantOfApp,
  testApp,
} from "../support/app.ts";
import { request } from "../support/request.ts";
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
  /** Cookies that go along, by name: of its last use, and of its device. */
  readonly others: Readonly<Record<string, string>>;
}

const MINUTE = 60_000;
/** Which cookies go along. Nothing is asked of the provider, which is gone when this is read. */
const RULES = { SESSION_IDLE_MINUTES: "30", SESSION_BINDING: "optional", REVALIDATE_MINUTES: "0" };

/** Lets people come and go, with the code at hand. */
export async function storedNow(): Promise<StoredBy> {
  const tenant = await tenantOfApp();
  try {
    const app = testApp({ ...envOf(tenant), ...RULES });
    const signInNow = async (username: string): Promise<SessionStored> => {
      const cookie = await signIn(app, username);
      const signedIn = tenant.sessions.at(-1)?.signIns[0];
      if (!signedIn) throw new Error("Nobody is signed in to the tenant.");
      const { user, sid } = signedIn;
      const homeAccountId = `${user.oid}.${user.tenantId ?? tenant.tenantId}`;
      return { username, homeAccountId, sid: sid as Sid, cookie, others: {} };
    };
    const used = await signInNow(ADELE);
    const plain = await signInNow(ADELE);
    const bound = await signInNow(GUEST);
    // Of the account's sessions, the other one goes too.
    await signInNow(ALEX);
    const { sid: signedOut } = await signInNow(ALEX);
    const signedOutEarly = "nobody's" as Sid;
    for (const sid of [signedOut, signedOutEarly]) await app.app.signOuts.byFrontChannel(sid);
    const at = Date.now();
    return {
      version: versionNow(),
      at,
      env: { ENTRA_TENANT_ID: tenant.tenantId, TOKEN_CACHE_KEYS: KEYS, ...RULES },
      sessions: [
        { ...used, others: ofUse(app, used, at + 10 * MINUTE) },
        plain,
        { ...bound, others: await ofDevice(app, bound, at) },
      ],
      signedOut,
      signedOutEarly,
      rows: [...app.table.rows.values()],
    };
  } finally {
    await tenant.stop();
  }
}

/** The cookie of a session that is used at that time. */
function ofUse(app: TestApp, { cookie }: SessionStored, now: number) {
  const { keyring, settings } = app.app;
  const { sessionId } = refOf(app, cookie);
  const use = { keyring, request: request("/"), sessionId, signedInAt: now - 10 * MINUTE };
  return valuesOf(useCookies(use, settings, now));
}

/** Binds a session. @returns the cookie of a browser that has proved its key just now. */
async function ofDevice(app: TestApp, { cookie }: SessionStored, now: number) {
  const { keyring, store } = app.app;
  const ref = refOf(app, cookie);
  if (!(await bindSession(store, ref, { x: "x", y: "y" }, now)))
    throw new Error("It is not bound.");
  return valuesOf([boundCookie(keyring, sessionKey(ref.sessionId), now, now)]);
}

function valuesOf(cookies: readonly Cookie[]): Record<string, string> {
  return Object.fromEntries(cookies.map(({ name, value }) => [name, value]));
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
