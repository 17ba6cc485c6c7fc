import { createHash } from "node:crypto";
import type { Keyring, Sealed } from "../../src/shared/crypto/keyring.ts";
import { Refreshes } from "../../src/shared/session/refreshes.ts";
import type { HeldSession } from "../../src/shared/store/segments.ts";
import type { Store } from "../../src/shared/store/store.ts";
import { type RetryPolicy, retrying, type TableRequests } from "../../src/shared/table/retrying.ts";
import type { Table } from "../../src/shared/table/table.ts";
import type { Program } from "./automaton.ts";
import type { Port } from "./coroutine.ts";
import { goesOn, type Op, perform, type World } from "./ops.ts";

export interface Scenario {
  readonly name: string;
  /** What happened before, one after the other and without faults, each at its time. Milliseconds since 1970. */
  readonly before?: readonly { readonly at: number; readonly op: Op }[];
  /** When the actors run. */
  readonly now: number;
  /**
   * May happen at any moment: the clock jumps here. Whoever is under way is gone then, but for a user on the
   * provider's page; and after an hour so are their requests.
   */
  readonly later?: number;
  /** Each does its ops one after the other, all of them at once. */
  readonly actors: readonly (readonly Op[])[];
  /** How many requests may go wrong. */
  readonly faults: number;
  /** How many requests more than others its actors may send, where they have more to ask for; fewer where they are many. */
  readonly longer?: number;
  /** How many requests fewer are enough for `npm test`. The long attack goes through it all. Default 4. */
  readonly shorter?: number;
  /** Rows of one page, where that is to be few. */
  readonly page?: number;
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
  refs: ReadonlyMap<string, HeldSession>,
  keyring: Keyring,
  weakness?: Weakness,
): Program {
  return async (port, report) => {
    const instance = ops.some((op) => beside(op) > 0) ? inTurn(port) : alone(port);
    const table = retrying(instance.requests, RETRY);
    const world = {
      store: storeOf(
        weakness ? weakness(table, port) : table,
        keyring,
        port.now,
        deterministicBytes(ops[0]?.id ?? ""),
      ),
      refs: new Map(refs),
      refreshes: new Refreshes(),
      token: instance.token,
      user: port.user,
    };
    const groups = groupsOf(ops);
    for (const [index, group] of groups.entries()) {
      const underWay = new Set<string>();
      // Who waits for somebody else's token request gets what comes of it.
      const onStep = () => {
        for (const op of underWay) report({ op, what: "step" });
      };
      const over = Promise.withResolvers<void>();
      const ends = await Promise.all(
        group.map(async (op) => {
          if (beside(op) > 0) await Promise.race([instance.sent(beside(op)), over.promise]);
          report({ op: op.id, what: "called" });
          underWay.add(op.id);
          const result = await perform(op, world, onStep);
          underWay.delete(op.id);
          report({ op: op.id, what: "ended", result });
          over.resolve();
          return goesOn(op, result, groups[index + 1]?.[0]);
        }),
      );
      if (ends.includes(false)) return;
    }
  };
}

function beside(op: Op): number {
  return ((op.do === "refresh" || op.do === "visit") && op.beside) || 0;
}

/** Ops that go on beside each other, one group after the other. */
function groupsOf(ops: readonly Op[]): Op[][] {
  const groups: Op[][] = [];
  for (const op of ops) {
    if (beside(op) > 0) groups.at(-1)?.push(op);
    else groups.push([op]);
  }
  return groups;
}

/**
 * One request at a time leaves an instance, whatever goes on in it at once: what is asked for meanwhile is sent
 * when the one before has been answered, and all that follows from its answer has been done.
 */
function inTurn(port: Port) {
  let count = 0;
  let last: Promise<unknown> = Promise.resolve();
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  function turn<Arguments extends unknown[], T>(request: (...args: Arguments) => Promise<T>) {
    return (...args: Arguments): Promise<T> => {
      const answer = last.then(() => {
        count += 1;
        for (const one of waiting) if (one.count === count) one.resolve();
        return request(...args);
      });
      last = answer.then(nextTick, nextTick);
      return answer;
    };
  }

  const { get, write, remove, page } = port.requests;
  const requests: TableRequests = {
    get: turn(get) as TableRequests["get"],
    write: turn(write),
    remove: turn(remove),
    page: turn(page) as TableRequests["page"],
  };
  return {
    requests,
    token: turn(port.token),
    /** Resolves as soon as so many requests have been sent. */
    sent(count: number): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push({ count, resolve });
      return promise;
    },
  };
}

/** Sends nothing while it waits for an answer, by itself. */
function alone({ requests, token }: Port): ReturnType<typeof inTurn> {
  return { requests, token, sent: async () => {} };
}

function nextTick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Where what happened before has happened: everything on an instance of its own, and the token endpoint answers. */
export function pastOf(store: Store, refs: Map<string, HeldSession>): World {
  const atOnce = async () => {};
  return { store, refs, refreshes: new Refreshes(), token: atOnce, user: atOnce };
}

export function storeOf(
  table: Table,
  keyring: Keyring,
  now: () => number,
  randomBytes: (size: number) => Uint8Array,
): Store {
  return { table, keyring, now, sleep: async () => {}, randomBytes, log: () => {} };
}

/** Ids one can read: who made it and the how manieth it is. */
export function deterministicBytes(name: string): (size: number) => Uint8Array {
  let count = 0;
  return (size) => {
    const text = `${name.replaceAll(" ", "-")}-${++count}`.padEnd(21, "_").slice(0, 21);
    if (size === 16) return Buffer.from(`${text}A`, "base64url");
    return createHash("sha256").update(text).digest().subarray(0, size);
  };
}

/** Seals nothing, but is as strict about the context as the real one. */
export const plainKeyring: Keyring = {
  fingerprints: new Map(),
  seal: (plaintext, context, row, share) => ({
    keyId: "none",
    bytes: Buffer.concat([frameOf(context, row, share), plaintext]),
  }),
  unseal({ bytes }, context, row, share) {
    const prefix = frameOf(context, row, share);
    const sealed = Buffer.from(bytes);
    return sealed.subarray(0, prefix.length).equals(prefix)
      ? sealed.subarray(prefix.length)
      : undefined;
  },
};

function frameOf(context: string, row = "", share: Uint8Array = Buffer.alloc(0)): Buffer {
  return Buffer.from(`${context}\0${row}\0${Buffer.from(share).toString("hex")}\0`);
}

const seen = new Map<string, Uint8Array>();

/** A keyring that seals, and lets {@link bare} see what it has sealed. */
export function watched(keyring: Keyring): Keyring {
  return {
    ...keyring,
    seal(plaintext, ...about) {
      const sealed = keyring.seal(plaintext, ...about);
      seen.set(Buffer.from(sealed.bytes).toString("base64"), plaintext);
      return sealed;
    },
  };
}

/** The share that {@link plainKeyring} has sealed with; undefined where another keyring has. */
export function shareIn({ bytes }: Sealed): string | undefined {
  const sealed = Buffer.from(bytes);
  if (seen.has(sealed.toString("base64"))) return undefined;
  return sealed.toString("latin1").split("\0", 3)[2];
}

/** What {@link plainKeyring} or one that is {@link watched} has sealed, for whatever purpose, row and share. */
export function bare({ bytes }: Sealed): Uint8Array {
  const sealed = Buffer.from(bytes);
  const plaintext = seen.get(sealed.toString("base64"));
  if (plaintext) return plaintext;
  let end = -1;
  for (let part = 0; part < 3; part++) end = sealed.indexOf(0, end + 1);
  return sealed.subarray(end + 1);
}
