import { type Page, type TableRequests, Unanswered } from "../../src/shared/table/retrying.ts";
import type { Stored } from "../../src/shared/table/table.ts";
import type { AnyWrite } from "./model.ts";

/** What an actor waits for: one try of one storage request, an answer of the token endpoint, or the user. */
export type Request =
  | { readonly kind: "get"; readonly partitionKey: string; readonly rowKey: string }
  | { readonly kind: "write"; readonly writes: readonly AnyWrite[] }
  | {
      readonly kind: "remove";
      readonly partitionKey: string;
      readonly rowKey: string;
      readonly etag: string;
    }
  | {
      readonly kind: "page";
      readonly from: string;
      readonly to: string;
      readonly start: string | undefined;
    }
  | { readonly kind: "token" }
  | { readonly kind: "user" };

export const SILENCE = Symbol("no answer");
export type Answer = Stored | undefined | boolean | Page | typeof SILENCE;

/** What an actor can do. Everything in it is decided by the answers it gets. */
export interface Port {
  readonly requests: TableRequests;
  readonly write: (writes: readonly AnyWrite[]) => Promise<boolean>;
  readonly token: () => Promise<void>;
  readonly user: () => Promise<void>;
  readonly now: () => number;
}

/** An actor that stands still until one of the requests that it waits for is answered. */
export interface Coroutine {
  /** By number, in the order in which they were sent. Empty when it has come to its end. */
  readonly requests: ReadonlyMap<number, Request>;
  answer(number: number, answer: Answer, now: number): Promise<void>;
}

/** Runs an actor up to its first requests. It must never wait for anything but its port. */
export async function launch(
  program: (port: Port) => Promise<void>,
  start: number,
): Promise<Coroutine> {
  let now = start;
  let sent = 0;
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const requests = new Map<number, Request>();
  let end: { readonly failed: boolean; readonly error?: unknown } | undefined;

  function ask<T>(request: Request): Promise<T> {
    const answered = Promise.withResolvers<unknown>();
    waiting.set(++sent, answered);
    requests.set(sent, request);
    return answered.promise as Promise<T>;
  }

  /** An instance that sends one request after the other does so a moment later. */
  async function standstill(): Promise<void> {
    do await nextTick();
    while (requests.size === 0 && end === undefined);
    if (end?.failed) throw end.error;
  }

  const write = (writes: readonly AnyWrite[]) => ask<boolean>({ kind: "write", writes });
  const table: TableRequests = {
    get: (partitionKey, rowKey) => ask({ kind: "get", partitionKey, rowKey }),
    write,
    remove: (partitionKey, rowKey, etag = "*") =>
      ask({ kind: "remove", partitionKey, rowKey, etag }),
    page: (from, to, start) => ask({ kind: "page", from, to, start }),
  };

  const token = () => ask<void>({ kind: "token" });
  const user = () => ask<void>({ kind: "user" });
  program({ requests: table, write, token, user, now: () => now }).then(
    () => {
      end = { failed: false };
    },
    (error) => {
      end = { failed: true, error };
    },
  );
  await standstill();

  return {
    requests,
    async answer(number, answer, time) {
      const answered = waiting.get(number);
      if (answered === undefined) throw new Error("There is nothing to answer.");
      now = time;
      waiting.delete(number);
      requests.delete(number);
      if (answer === SILENCE) answered.reject(new Unanswered());
      else answered.resolve(answer);
      await standstill();
    },
  };
}

function nextTick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
