import { type RetryPolicy, retrying } from "../../src/shared/store/retrying.ts";
import type { Keyring } from "../../src/shared/store/sealing.ts";
import type { SessionRef } from "../../src/shared/store/signIn.ts";
import type { Store } from "../../src/shared/store/store.ts";
import type { Table } from "../../src/shared/store/table.ts";
import type { Program } from "./automaton.ts";
import type { Port } from "./coroutine.ts";
import { type Op, perform } from "./ops.ts";

export interface Scenario {
  readonly name: string;
  /** What happened before, one after the other and without faults, each at its time. Milliseconds since 1970. */
  readonly before?: readonly { readonly at: number; readonly op: Op }[];
  /** When the actors run. */
  readonly now: number;
  /** May happen at any moment: the clock jumps here. Whoever is under way is gone then, and no longer than an hour so are their requests. */
  readonly later?: number;
  /** Each does its ops one after the other, all of them at once. */
  readonly actors: readonly (readonly Op[])[];
  /** How many requests may go wrong. */
  readonly faults: number;
  /** Whether reads may go unanswered too. */
  readonly faultyReads?: boolean;
}

/** Breaks the protocol on purpose. */
export type Weakness = (table: Table, port: Port) => Table;

export const MIDDAY = Date.UTC(2026, 2, 10, 12);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** The timer's first run of a day, when sessions of the day before are over. */
export const NIGHT = MIDDAY + 12 * HOUR + 7 * MINUTE;

/** Tries of one request. Two are enough for every order of a lost try and its repetition. */
export const TRIES = 2;

const RETRY: RetryPolicy = {
  delays: Array.from({ length: TRIES - 1 }, () => 0),
  maxDelay: 0,
  sleep: async () => {},
};

export function opsOf({ before = [], actors }: Scenario): Op[] {
  return [...before.map(({ op }) => op), ...actors.flat()];
}

/** One actor's code. `refs` is what the sign-ins before left. */
export function programOf(
  ops: readonly Op[],
  refs: ReadonlyMap<string, SessionRef>,
  keyring: Keyring,
  weakness?: Weakness,
): Program {
  return async (port, report) => {
    const table = retrying(port.requests, RETRY);
    const world = {
      store: storeOf(
        weakness ? weakness(table, port) : table,
        keyring,
        port.now,
        deterministicBytes(ops[0]?.id ?? ""),
      ),
      refs: new Map(refs),
      token: port.token,
    };
    for (const op of ops) {
      report({ op: op.id, what: "called" });
      const result = await perform(op, world, () => report({ op: op.id, what: "token" }));
      report({ op: op.id, what: "ended", result });
      if (result.kind !== "done") return;
    }
  };
}

export function storeOf(
  table: Table,
  keyring: Keyring,
  now: () => number,
  randomBytes: (size: number) => Uint8Array,
): Store {
  return { table, keyring, now, randomBytes, log: () => {} };
}

/** Ids one can read: who made it and the how manieth it is. */
export function deterministicBytes(name: string): (size: number) => Uint8Array {
  let count = 0;
  return (size) => {
    const text = `${name.replaceAll(" ", "-")}-${++count}`.padEnd(21, "_").slice(0, 21);
    return size === 16 ? Buffer.from(`${text}A`, "base64url") : Buffer.alloc(size, count);
  };
}

/** Seals nothing, but is as strict about the context as the real one. */
export const openKeyring: Keyring = {
  seal: (plaintext, context) => ({
    keyId: "none",
    bytes: Buffer.concat([Buffer.from(`${context}\0`), plaintext]),
  }),
  open({ bytes }, context) {
    const prefix = Buffer.from(`${context}\0`);
    const sealed = Buffer.from(bytes);
    return sealed.subarray(0, prefix.length).equals(prefix)
      ? sealed.subarray(prefix.length)
      : undefined;
  },
};
