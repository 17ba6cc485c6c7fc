import type { Clock, Sleep } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { RandomBytes } from "../base/random.ts";
import type { Keyring } from "../crypto/keyring.ts";
import type { Generation, PartitionKey } from "../rows/keys.ts";
import type { Table } from "../table/table.ts";

/** What the functions of the store work with. */
export interface Store {
  readonly table: Table;
  readonly keyring: Keyring;
  /** Milliseconds since 1970. */
  readonly now: Clock;
  readonly sleep: Sleep;
  readonly randomBytes: RandomBytes;
  readonly log: Log;
}

/** One generation of one account: finds its tokens by one point read, and deletes them by one request. */
export interface GenerationRef {
  readonly partition: PartitionKey;
  readonly generation: Generation;
}
