import { randomBytes, randomUUID } from "node:crypto";
import type { TenantUser } from "./directory.ts";

const COOKIE = "ESTSAUTH";
// SameSite=None as Entra's, so that a hidden iframe of another site can sign in silently.
const ATTRIBUTES = "Path=/; HttpOnly; Secure; SameSite=None";

/** One account signed in to one browser. */
export interface SignIn {
  user: TenantUser;
  /** Session id: the `sid` claim and `session_state`. */
  sid: string;
  /** When the user last picked the account, in milliseconds: the `auth_time` claim. */
  authenticatedAt: number;
  /** The authentication contexts of Conditional Access that the user has satisfied: the `acrs` claim. */
  contexts: Set<string>;
  /** Client id → tenant the app was signed in to, for every app to tell at sign-out. */
  apps: Map<string, string>;
}

export interface BrowserSession {
  id: string;
  signIns: SignIn[];
}

/** Single sign-on sessions, one per browser. */
export class Sessions {
  readonly #sessions = new Map<string, BrowserSession>();

  all(): BrowserSession[] {
    return [...this.#sessions.values()];
  }

  /** The session of the request's cookie, or a new, empty one. */
  of(cookies: Record<string, string>): BrowserSession {
    const known = this.#sessions.get(cookies[COOKIE] ?? "");
    return known ?? { id: randomBytes(32).toString("base64url"), signIns: [] };
  }

  signIn(session: BrowserSession, user: TenantUser, now: number): SignIn {
    this.#sessions.set(session.id, session);
    const known = session.signIns.find((signIn) => signIn.user === user);
    if (known) {
      known.authenticatedAt = now;
      return known;
    }
    const apps = new Map<string, string>();
    const signIn = {
      user,
      sid: randomUUID(),
      authenticatedAt: now,
      contexts: new Set<string>(),
      apps,
    };
    session.signIns.push(signIn);
    return signIn;
  }

  signOut(session: BrowserSession, user: TenantUser): void {
    session.signIns = session.signIns.filter((signIn) => signIn.user !== user);
    if (session.signIns.length === 0) this.#sessions.delete(session.id);
  }

  /** Ends the user's sign-ins in every browser. */
  signOutEverywhere(user: TenantUser): void {
    for (const session of this.all()) this.signOut(session, user);
  }
}

export function sessionCookie(session: BrowserSession): string {
  return session.signIns.length > 0
    ? `${COOKIE}=${session.id}; ${ATTRIBUTES}`
    : `${COOKIE}=; Max-Age=0; ${ATTRIBUTES}`;
}
