/** Operational events, by stable name. Details never hold a token, a `sid` or a name. */
export type Log = (
  level: "info" | "warn" | "error",
  event: string,
  details?: Readonly<Record<string, string | number | boolean>>,
) => void;
