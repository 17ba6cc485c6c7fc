import { randomBytes } from "node:crypto";

export interface Session {
  name: string;
  username: string;
  /** The session at the provider that this one comes from, for front-channel logout. */
  sid: string | undefined;
  /** The `login_hint` claim, which Entra takes as `logout_hint`. */
  loginHint: string | undefined;
}

/** A sign-in that was started and has not come back. */
export interface PendingSignIn {
  state: string;
  nonce: string;
  codeVerifier: string;
}

/** Values in memory, each under a random id that a cookie carries. */
export class CookieStore<Value> {
  readonly #cookie: string;
  readonly #values = new Map<string, Value>();

  constructor(cookie: string) {
    this.#cookie = cookie;
  }

  get(cookieHeader: string | undefined): Value | undefined {
    return this.#values.get(this.#id(cookieHeader));
  }

  all(): Value[] {
    return [...this.#values.values()];
  }

  /** @returns the `Set-Cookie` value */
  add(value: Value): string {
    const id = randomBytes(32).toString("base64url");
    this.#values.set(id, value);
    return `${this.#cookie}=${id}; Path=/; HttpOnly; SameSite=Lax`;
  }

  take(cookieHeader: string | undefined): Value | undefined {
    const id = this.#id(cookieHeader);
    const value = this.#values.get(id);
    this.#values.delete(id);
    return value;
  }

  deleteWhere(condition: (value: Value) => boolean): void {
    for (const [id, value] of this.#values) if (condition(value)) this.#values.delete(id);
  }

  #id(cookieHeader = ""): string {
    const prefix = `${this.#cookie}=`;
    const cookie = cookieHeader.split("; ").find((pair) => pair.startsWith(prefix));
    return cookie?.slice(prefix.length) ?? "";
  }
}
