import { createBrowser } from "../../local/tenant/browserless.ts";

/** One browser of a user: its cookies for the app, and what it does on the provider's pages. */
export class Visitor {
  readonly username: string;
  readonly #browser = createBrowser();
  readonly #cookies = new Map<string, string>();
  #form: Record<string, string> = {};

  /** @param cookie A `Cookie` header to begin with. */
  constructor(username: string, cookie?: string) {
    this.username = username;
    const [name, value] = cookie?.split("=") ?? [];
    if (name && value) this.#cookies.set(name, value);
  }

  /** Headers that a page of the app sends with a request. */
  headers(form?: string): Record<string, string> {
    return {
      cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; "),
      "sec-fetch-site": "same-origin",
      ...(form !== undefined && { "content-type": "application/x-www-form-urlencoded" }),
    };
  }

  keep(cookies: readonly { name: string; value: string; maxAge: number }[] = []): void {
    for (const { name, value, maxAge } of cookies) {
      if (maxAge > 0) this.#cookies.set(name, value);
      else this.#cookies.delete(name);
    }
  }

  /** Goes to the provider's pages. @returns the body of the post that leads back to the redirect URI. */
  async authorize(location: string | undefined): Promise<string> {
    this.#form = (await this.#browser.signIn(location ?? "", this.username)).fields;
    return new URLSearchParams(this.#form).toString();
  }

  /** What the provider will name at sign-out. */
  get sid(): string {
    return this.#form.session_state ?? "";
  }
}

/** A `Set-Cookie` header, as far as {@link Visitor.keep} needs it. */
export function parseSetCookie(header: string) {
  const [pair = ""] = header.split(";");
  const [name = "", value = ""] = pair.split("=");
  const maxAge = /;\s*max-age=(\d+)/i.exec(header)?.[1];
  return { name, value, maxAge: Number(maxAge ?? 1) };
}
