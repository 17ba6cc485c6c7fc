/**
 * An error and its causes by their kinds, such as `StoreUnavailable/ERR_STORE_UNAVAILABLE < RestError/ServerBusy`.
 * For the log: messages of foreign errors may repeat what was sent to somebody.
 */
export function kindsOf(error: unknown): string {
  const kinds: string[] = [];
  for (let e = error; e instanceof Error && kinds.length < 4; e = e.cause) {
    const code = (e as { code?: unknown }).code;
    kinds.push(typeof code === "string" ? `${e.name}/${code}` : e.name);
  }
  return kinds.join(" < ");
}
