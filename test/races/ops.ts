import {
  BadRequest,
  IndexForged,
  SignedOut,
  SignInOvertaken,
  StoreUnavailable,
} from "../../src/shared/base/errors.ts";
import type { TokenEndpoint } from "../../src/shared/identity/tokenEndpoint.ts";
import {
  accountPartition,
  type HomeAccountId,
  type Sid,
  sessionKey,
  sidPartition,
} from "../../src/shared/rows/keys.ts";
import { confirmSession } from "../../src/shared/session/confirm.ts";
import { isIdleForAll, type Limits } from "../../src/shared/session/idle.ts";
import type { Sessions } from "../../src/shared/session/refresh.ts";
import type { Refreshes } from "../../src/shared/session/refreshes.ts";
import { findSession } from "../../src/shared/session/session.ts";
import type { Account, Segment, UnsealedContent } from "../../src/shared/store/account.ts";
import { readSession } from "../../src/shared/store/accounts.ts";
import { signOutByBackChannel } from "../../src/shared/store/backChannel.ts";
import { bindSession } from "../../src/shared/store/bindSession.ts";
import { endSession } from "../../src/shared/store/endSession.ts";
import { purge } from "../../src/shared/store/purge.ts";
import { giveBack, useOnce } from "../../src/shared/store/replayGuard.ts";
import { seenTombstones } from "../../src/shared/store/seenTombstones.ts";
import type { HeldSession } from "../../src/shared/store/segments.ts";
import { readSid } from "../../src/shared/store/sidIndex.ts";
import { indexKeysOf, type SignIn, storeSignIn } from "../../src/shared/store/signIn.ts";
import {
  signOutByFrontChannel,
  signOutByOperator,
  signOutByUser,
} from "../../src/shared/store/signOut.ts";
import type { Store } from "../../src/shared/store/store.ts";
import type { TokenCache } from "../../src/shared/tokens/tokenCache.ts";

/** Something that a browser, the provider, an operator or the timer sets off. Sign-ins are named by single letters. */
export type Op =
  | {
      readonly do: "signIn";
      readonly id: string;
      readonly account: string;
      readonly sids: readonly string[];
      readonly subject?: string;
      /** The sign-in whose session this browser had before. */
      readonly replaces?: string;
      /** The sign-ins of this browser's other tabs. */
      readonly tabs?: readonly string[];
      /** How long the session lasts. */
      readonly hours?: number;
      /** Whether something may happen between the start and the callback. `long`: the clock may jump, too. */
      readonly apart?: "briefly" | "long";
      /** What this browser's cookies refer to when it starts. */
      readonly holds?: { readonly sids: readonly string[]; readonly subject?: string };
      /** How far the instances' clocks are off, of the start and of the callback. Minutes. */
      readonly clocks?: readonly [number, number];
      /** When the provider issued it, by the provider's clock: minutes after some moment. */
      readonly issued?: number;
      /** The answer is used up before it is redeemed: another op with this state is the same answer, posted again. */
      readonly state?: string;
      /** Whether its code is refused: the answer is not used up then. */
      readonly refused?: boolean;
    }
  | { readonly do: "here"; readonly id: string; readonly of: string }
  | {
      readonly do: "front";
      readonly id: string;
      readonly sid: string;
      /** How far the instance's clock is off. Minutes. */
      readonly clock?: number;
    }
  | {
      readonly do: "back";
      readonly id: string;
      /** Either a `sid` or a subject. */
      readonly sid?: string;
      readonly subject?: string;
      /** `jti`: other ops with the same one are repetitions. */
      readonly token: string;
      /** `iat`, as for sign-ins. */
      readonly issued: number;
    }
  | { readonly do: "admin"; readonly id: string; readonly account: string }
  | {
      readonly do: "refresh";
      readonly id: string;
      readonly of: string;
      readonly revoked?: boolean;
      /** What it asks for. By default nobody else does. */
      readonly scope?: string;
      /** Begins after so many requests of the op before it, on the same instance, and goes on beside that. */
      readonly beside?: number;
    }
  /** A request that needs no token: the grant has to have been confirmed within the period. */
  | {
      readonly do: "visit";
      readonly id: string;
      readonly of: string;
      readonly revoked?: boolean;
      readonly beside?: number;
    }
  | {
      readonly do: "endSession";
      readonly id: string;
      readonly of: string;
      /** The session whose user ends it. By default its own. */
      readonly by?: string;
    }
  /** A request with cookies that were not used for too long: a copy of them, or what a browser is left with. */
  | { readonly do: "idle"; readonly id: string; readonly of: string }
  /** Somebody registers a key of their device. Each of these has one of its own. */
  | {
      readonly do: "bind";
      readonly id: string;
      readonly of: string;
      /** Which of the challenges that the session's sign-ins have brought is answered. By default the first. */
      readonly challenge?: number;
    }
  | { readonly do: "purge"; readonly id: string }
  /** Somebody who has access to the table, and no key, writes into the row of a `sid`. */
  | {
      readonly do: "forge";
      readonly id: string;
      readonly sid: string;
      readonly change: Readonly<Record<string, string | boolean>>;
    };

export type OpOf<K extends Op["do"]> = Extract<Op, { do: K }>;

export type Result =
  | { readonly kind: "done"; readonly ref?: HeldSession }
  /**
   * `unknown`: the logout token names nobody. `used`: the answer or the logout token has been used. `refused`: the
   * code is.
   */
  | {
      readonly kind:
        | "overtaken"
        | "unavailable"
        | "signedOut"
        | "unknown"
        | "used"
        | "refused"
        | "forged";
    }
  | { readonly kind: "error"; readonly error: unknown };

export interface World {
  readonly store: Store;
  /** What sign-ins returned so far, by id. */
  readonly refs: Map<string, HeldSession>;
  /** Of the instance that this is done on. */
  readonly refreshes: Refreshes;
  /** Waits for the token endpoint. */
  readonly token: () => Promise<void>;
  /** Waits for the user. */
  readonly user: () => Promise<void>;
}

/** Tenant and client are the same for everybody. */
const TENANT = "t";
const CLIENT = "app";
const HOUR = 3_600_000;
/** How long a grant counts as good after it has been confirmed. */
export const PERIOD = HOUR / 4;
const MINUTE = 60_000;
export const LIMITS: Limits = { idleLimit: HOUR / 2, revalidatePeriod: PERIOD };
/** Of what the provider issues. */
const EPOCH = Date.UTC(2026, 2, 10);
/** Later than any clock in here. Seconds since 1970. */
const NEVER = String(Date.UTC(2100, 0) / 1_000);

/** @param onStep Called when a sign-in has been started, and when the token endpoint has answered a refresh. */
export async function perform(op: Op, world: World, onStep: () => void): Promise<Result> {
  try {
    return await carryOut(op, world, onStep);
  } catch (error) {
    if (error instanceof SignInOvertaken) return { kind: "overtaken" };
    if (error instanceof StoreUnavailable) return { kind: "unavailable" };
    if (error instanceof IndexForged) return { kind: "forged" };
    if (error instanceof SignedOut) return { kind: "signedOut" };
    if (error instanceof BadRequest) {
      return { kind: error.message.includes("has been used") ? "used" : "unknown" };
    }
    return { kind: "error", error };
  }
}

async function carryOut(op: Op, world: World, onStep: () => void): Promise<Result> {
  const { store } = world;
  switch (op.do) {
    case "signIn": {
      const [atStart, atCallback] = op.clocks ?? [0, 0];
      if (op.apart === "long") await world.user();
      const start = await startOf(op, withClock(store, atStart));
      onStep();
      if (op.apart) await world.user();
      if (op.state !== undefined) {
        const expiresAt = start.at + HOUR / 4;
        const use = [store, `state ${op.state}`, expiresAt] as const;
        if (!(await useOnce(...use))) return { kind: "used" };
        if (op.refused) {
          await giveBack(...use);
          return { kind: "refused" };
        }
      }
      const ref = await storeSignIn(withClock(store, atCallback), {
        ...signInOf(op, world),
        start,
      });
      world.refs.set(op.id, ref);
      return { kind: "done", ref };
    }
    case "here":
      await signOutByUser(store, refOf(op.of, world));
      break;
    case "front":
      await signOutByFrontChannel(withClock(store, op.clock ?? 0), op.sid as Sid);
      break;
    case "back": {
      await signOutByBackChannel(store, {
        id: `${op.subject ?? op.sid} ${op.token}`,
        sid: op.sid as Sid,
        sub: op.subject,
        issuedAt: EPOCH + op.issued * MINUTE,
        expiresAt: EPOCH + 48 * HOUR,
      });
      break;
    }
    case "admin":
      await signOutByOperator(store, accountPartition(op.account as HomeAccountId));
      break;
    case "refresh": {
      const ref = refOf(op.of, world);
      const session = await findSession(sessionsOf(op, world, onStep), CLIENT, ref);
      if (session === undefined) return { kind: "signedOut" };
      await session.getToken([scopeOf(op)]);
      break;
    }
    case "visit": {
      const ref = refOf(op.of, world);
      const sessions = sessionsOf(op, world, onStep);
      const begun = store.now();
      const session = await findSession(sessions, CLIENT, ref, (found) =>
        confirmSession(sessions, ref, found, PERIOD, begun),
      );
      return { kind: session ? "done" : "signedOut" };
    }
    case "idle": {
      const ref = refOf(op.of, world);
      const found = await readSession(store, ref);
      const isOver = found && isIdleForAll(found.session, LIMITS, store.now());
      if (isOver) await endSession(store, ref);
      break;
    }
    case "bind": {
      const key = { x: op.id, y: op.id };
      const isBound = await bindSession(store, refOf(op.of, world), key, op.challenge ?? 0);
      return { kind: isBound ? "done" : "signedOut" };
    }
    case "endSession": {
      const key = sessionKey(refOf(op.of, world).sessionId);
      const ended = await endSession(store, refOf(op.by ?? op.of, world), key);
      if (!ended) return { kind: "signedOut" };
      break;
    }
    case "forge": {
      const row = await readSid(store, sidPartition(op.sid as Sid));
      if (row) await store.table.replace({ ...row, ...op.change }, row.etag);
      break;
    }
    case "purge":
      await purge(store, 1);
      break;
  }
  return { kind: "done" };
}

function sessionsOf(
  op: OpOf<"refresh"> | OpOf<"visit">,
  world: World,
  onStep: () => void,
): Sessions {
  const tokens = tokenEndpoint(op, world, onStep);
  return { ...world, ...world.store, tokens, dampedLog: () => {} };
}

/** As `/auth/signin` does it. */
async function startOf({ holds = { sids: [] } }: OpOf<"signIn">, store: Store) {
  const at = store.now();
  return { at, seen: await seenTombstones(store, indexKeysOf(holds as Pick<SignIn, "sids">)) };
}

function withClock(store: Store, minutes: number): Store {
  return minutes === 0 ? store : { ...store, now: () => store.now() + minutes * MINUTE };
}

function signInOf(
  { id, account, sids, subject, replaces, tabs, hours = 12, issued = 0 }: OpOf<"signIn">,
  world: World,
) {
  const signedInAt = world.store.now();
  return {
    session: {
      tenantId: TENANT,
      homeAccountId: account as HomeAccountId,
      identity: { iss: "", sub: "", oid: "" },
      name: id,
      username: id,
      roles: [],
      claims: {},
      acrs: [],
      device: id,
      issuedAt: EPOCH + issued * MINUTE,
      confirmedAt: signedInAt,
      signedInAt,
      expiresAt: signedInAt + hours * HOUR,
    },
    cache: cacheOf(id, account),
    sids: sids as Sid[],
    subject,
    replaces: replaces === undefined ? undefined : refOf(replaces, world),
    ...(tabs && {
      ids: [id, ...tabs].map((tab) => ({
        sessionId: `session of ${tab}`,
        share: Buffer.from(`share of ${tab}`).toString("base64url"),
      })),
    }),
  };
}

function refOf(id: string, { refs }: World): HeldSession {
  const ref = refs.get(id);
  if (ref === undefined) throw new Error(`Sign-in ${id} has no session.`);
  return ref;
}

/** Every secret says whose it is: `kind:sign-in:…`. Refresh tokens of one account share a key, as in MSAL's cache. */
function cacheOf(id: string, account: string): TokenCache {
  return {
    Account: { [account]: { home_account_id: account } },
    IdToken: {},
    AccessToken: { [`at:${id}`]: accessToken(account, `at:${id}`, `scope of ${id}`) },
    RefreshToken: { [account]: { secret: `rt:${id}` } },
    AppMetadata: {},
  };
}

function scopeOf({ id, scope = `scope of ${id}` }: OpOf<"refresh">): string {
  return scope;
}

function accessToken(account: string, secret: string, target: string) {
  const expires_on = NEVER;
  return { home_account_id: account, client_id: CLIENT, realm: TENANT, secret, target, expires_on };
}

/** Whether whoever does one thing after the other goes on after this. */
export function goesOn(op: Op, { kind }: Result, next: Op | undefined): boolean {
  if (kind === "done") return true;
  // The provider sends its logout token again until it is taken, and a user who was held back tries again.
  if (op.do === "back") return next?.do === "back" || kind !== "unavailable";
  return (kind === "overtaken" || kind === "refused") && next?.do === "signIn";
}

/** The sign-ins whose tokens or sessions an account holds. @param unseal Takes no share. */
export function signInsIn({ sessions }: Account, unseal: (segment: Segment) => UnsealedContent) {
  const ownerOf = ({ secret }: { readonly secret?: unknown }) => String(secret).split(":")[1] ?? "";
  const contents = Object.values(sessions).map(({ segment }) => unseal(segment));
  return {
    keys: Object.keys(sessions),
    sessions: contents.map(({ user }) => user.username),
    ends: Object.values(sessions).map(({ expiresAt }) => expiresAt),
    confirmed: Object.values(sessions).map(({ confirmedAt }) => confirmedAt),
    boundTo: Object.values(sessions).map(({ binding }) => binding?.key.x),
    accessTokens: contents.flatMap(({ cache }) => Object.values(cache.AccessToken).map(ownerOf)),
    refreshTokens: contents.flatMap(({ cache }) => Object.values(cache.RefreshToken).map(ownerOf)),
  };
}

/** The grant of `op.of` may have been revoked; those of other sign-ins are good. */
function tokenEndpoint(
  op: OpOf<"refresh"> | OpOf<"visit">,
  world: World,
  onToken: () => void,
): TokenEndpoint {
  return {
    redeem: () => Promise.reject(new Error("Sign-ins bring their tokens along.")),
    async refresh(cache) {
      await world.token();
      onToken();
      const [account, refreshToken] = Object.entries(cache.RefreshToken)[0] ?? ["", {}];
      const [, owner = ""] = String(refreshToken.secret).split(":");
      if (op.revoked && owner === op.of) return { refused: new SignedOut(), isUserGone: false };
      const secret = `at:${owner}:${op.id}`;
      const fresh = accessToken(account, secret, op.do === "refresh" ? scopeOf(op) : "openid");
      return {
        accessToken: secret,
        claims: undefined,
        cache: {
          ...cache,
          AccessToken: { ...cache.AccessToken, [secret]: fresh },
          RefreshToken: { [account]: { secret: `rt:${owner}:${op.id}` } },
        },
      };
    },
  };
}
