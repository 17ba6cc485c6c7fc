import type { Outgoing } from "../../src/shared/net/open.ts";
import { send } from "../send.ts";

/** The answer of an address. Redirects are not followed. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly location: string | undefined;
  /** How far the server's clock is ahead of this machine's, in milliseconds. Undefined without a `Date`. */
  readonly ahead: number | undefined;
  /** Milliseconds. */
  readonly took: number;
}

const TIMEOUT = 10_000;

/** @throws Error Nobody answers. */
export async function ask(
  url: string,
  request: Pick<Outgoing, "method" | "headers"> = {},
): Promise<Answer> {
  const started = Date.now();
  const answer = await send(reachable(url), { ...request, timeout: TIMEOUT });
  const ended = Date.now();
  const headers = new Headers();
  for (const [name, value = []] of Object.entries(answer.headers)) {
    for (const one of [value].flat()) headers.append(name, one);
  }
  const date = Date.parse(headers.get("date") ?? "");
  return {
    status: answer.status,
    headers,
    text: answer.body.toString(),
    location: headers.get("location") ?? undefined,
    // `Date` has whole seconds, and the answer took time to arrive.
    ahead: Number.isNaN(date) ? undefined : date + 500 - (started + ended) / 2,
    took: ended - started,
  };
}

/** Browsers take every `*.localhost` for this machine, Node does not. */
export function reachable(address: string): string {
  const url = new URL(address);
  if (url.hostname.endsWith(".localhost")) url.hostname = "127.0.0.1";
  return url.href;
}

/** Makes a value when it is first asked for, and only once. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
