/** Nobody is signed in, or not any more. */
export class SignedOut extends Error {
  readonly signInUrl: string;

  constructor(signInUrl: string) {
    super("You are signed out.");
    this.signInUrl = signInUrl;
  }
}

/** The user has to go through sign-in once more: to consent, or to show anew who is there. */
export class SignInNeeded extends Error {
  readonly signInUrl: string;

  constructor(message: string, signInUrl: string) {
    super(message);
    this.signInUrl = signInUrl;
  }
}

/** Anything else. The message is for the user. */
export class Failed extends Error {}

/** RFC 9457; `type` tells the problems apart, `detail` is in the user's language. */
interface Problem {
  type: string;
  detail: string;
  signInUrl: string;
}

/**
 * Sends a request to this app's own origin, with its session cookie.
 * @throws {SignedOut} @throws {SignInNeeded} @throws {Failed} and an `AbortError`
 */
export async function call(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(path, init).catch((cause: unknown) => {
    if (init.signal?.aborted) throw cause;
    throw new Failed("The app cannot be reached. Are you offline?");
  });
  if (response.ok) return response;
  const {
    type,
    detail = `This did not work (${response.status}).`,
    signInUrl,
  } = await problemIn(response);
  if (response.status === 401 && signInUrl) {
    throw type === "urn:lightsout:problem:interaction-required"
      ? new SignInNeeded(detail, signInUrl)
      : new SignedOut(signInUrl);
  }
  throw new Failed(detail);
}

/** Microsoft Graph's own errors come through as they are; they are for developers, so nothing is shown of them. */
async function problemIn(response: Response): Promise<Partial<Problem>> {
  if (response.headers.get("content-type") !== "application/problem+json") return {};
  return (await response.json()) as Problem;
}

/** Where to sign in, and then back to this very place. */
export function withReturn(signInUrl: string): string {
  const url = new URL(signInUrl);
  url.searchParams.set("returnTo", location.pathname + location.search + location.hash);
  return url.href;
}
