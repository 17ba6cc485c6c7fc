import type { Keyring } from "../crypto/keyring.ts";
import type { Table } from "../table/table.ts";

/** What the store's functions work with. */
export interface Store {
  readonly table: Table;
  readonly keyring: Keyring;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly randomBytes: (size: number) => Uint8Array;
  readonly log: Log;
}

/** Operational events, by stable name. Details never hold a token, a `sid` or a name. */
export type Log = (
  level: "info" | "warn" | "error",
  event: string,
  details?: Readonly<Record<string, string | number | boolean>>,
) => void;

/** 128 random bits as 22 characters that are legal in keys and cookies. */
export function randomId(store: Pick<Store, "randomBytes">): string {
  return Buffer.from(store.randomBytes(16)).toString("base64url");
}

/** Which generation of which account: enough to find its tokens with one point read, and to delete them with one request. */
export interface GenerationRef {
  readonly partition: string;
  readonly generation: string;
}
