/** An error and what caused it, from the outside in. An error may cause itself. */
export function* causesOf(error: unknown): Generator<Error> {
  let e = error;
  for (let depth = 0; e instanceof Error && depth < 8; depth++) {
    yield e;
    e = e.cause;
  }
}

/** The URL of a failed request to the identity provider, without its query. */
export function urlIn(error: unknown): string | undefined {
  for (const e of causesOf(error)) {
    if ("url" in e && typeof e.url === "string") return e.url;
  }
  return undefined;
}

/**
 * An error and its causes by their kinds, such as `StoreUnavailable/ERR_STORE_UNAVAILABLE < RestError/ServerBusy`.
 * For the log: messages of foreign errors may repeat what was sent to somebody.
 */
export function kindsOf(error: unknown): string {
  const kinds = [...causesOf(error)].slice(0, 4).map((e) => {
    const { code } = e as { code?: unknown };
    return typeof code === "string" ? `${e.name}/${code}` : e.name;
  });
  return kinds.join(" < ");
}
