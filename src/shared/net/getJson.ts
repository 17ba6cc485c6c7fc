import { ProviderUnavailable } from "../base/errors.ts";
import type { Send } from "./send.ts";

/** Milliseconds that one request to the identity provider may take. */
const TIMEOUT_MS = 10_000;

/** @throws {ProviderUnavailable} */
export async function getJson(send: Send, url: string, timeout = TIMEOUT_MS): Promise<unknown> {
  try {
    const headers = { accept: "application/json" };
    const { status, body } = await send(url, { headers, timeout });
    if (status !== 200) throw new Error(`It answered ${status}.`);
    return JSON.parse(body.toString());
  } catch (cause) {
    throw new ProviderUnavailable(undefined, { cause, url });
  }
}
