import { RefusedCommand } from "./refusedCommand.ts";

/** Milliseconds for an answer: longer than any takes, also on a busy machine. */
const PATIENCE_MS = 15_000;

/** A connection that speaks WebDriver. https://www.w3.org/TR/webdriver2/ */
export class WebDriver {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** @throws RefusedCommand, or a `TimeoutError` when no answer comes */
  async send<T = unknown>(
    method: "GET" | "POST" | "DELETE",
    path: string,
    parameters: object = {},
  ): Promise<T> {
    const response = await fetch(this.#url + path, {
      method,
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(method === "POST" && { body: JSON.stringify(parameters) }),
    });
    const { value } = (await response.json()) as { value: unknown };
    if (response.ok) return value as T;
    const { error, message } = value as { error: string; message: string };
    throw new RefusedCommand(error, message);
  }
}
