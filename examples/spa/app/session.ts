import { call } from "./api.ts";

export interface SignedIn {
  signedIn: true;
  account: { homeAccountId: string; name: string; username: string; roles: string[] };
  signedInAt: string;
  signOutUrl: string;
}

interface SignedOutSession {
  signedIn: false;
  signInUrl: string;
}

/** Who is signed in. Not an error when nobody is. */
export async function readSession(signal: AbortSignal): Promise<SignedIn | SignedOutSession> {
  const response = await call("/auth/session", { signal });
  return (await response.json()) as SignedIn | SignedOutSession;
}

/** For as long as one user is signed in: what everything on the page belongs to. */
export interface Visit {
  /** Aborted the moment the user is known to be signed out. */
  signal: AbortSignal;
  /** For whoever is told that the user is signed out: finds out whether that is so. */
  check(): Promise<void>;
}
