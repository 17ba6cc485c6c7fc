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

/** An actor that stands still at every request until it is answered. */
export interface Coroutine {
  /** Undefined when it has come to its end. */
  readonly request: Request | undefined;
  answer(answer: Answer, now: number): Promise<void>;
}

/** Runs an actor up to its first request. It must never wait for anything but its port. */
export async function launch(
  program: (port: Port) => Promise<void>,
  start: number,
): Promise<Coroutine> {
  let now = start;
  let request: Request | undefined;
  let waiting: PromiseWithResolvers<unknown> | undefined;
  let standstill = Promise.withResolvers<void>();

  function ask<T>(next: Request): Promise<T> {
    if (waiting) throw new Error("An actor sent two requests at once.");
    request = next;
    waiting = Promise.withResolvers();
    standstill.resolve();
    return waiting.promise as Promise<T>;
  }

  const write = (writes: readonly AnyWrite[]) => ask<boolean>({ kind: "write", writes });
  const requests: TableRequests = {
    get: (partitionKey, rowKey) => ask({ kind: "get", partitionKey, rowKey }),
    write,
    remove: (partitionKey, rowKey, etag = "*") =>
      ask({ kind: "remove", partitionKey, rowKey, etag }),
    page: (from, to, start) => ask({ kind: "page", from, to, start }),
  };

  const token = () => ask<void>({ kind: "token" });
  const user = () => ask<void>({ kind: "user" });
  program({ requests, write, token, user, now: () => now }).then(
    () => standstill.resolve(),
    (error) => standstill.reject(error),
  );
  await standstill.promise;

  return {
    get request() {
      return request;
    },
    async answer(answer, time) {
      if (!waiting) throw new Error("There is nothing to answer.");
      const { resolve, reject } = waiting;
      now = time;
      waiting = undefined;
      request = undefined;
      standstill = Promise.withResolvers();
      if (answer === SILENCE) reject(new Unanswered());
      else resolve(answer);
      await standstill.promise;
    },
  };
}
