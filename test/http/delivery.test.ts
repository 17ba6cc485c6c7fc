import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { type Delivery, deliver } from "../../src/shared/http/delivery.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A caller who takes a part when told to, and may leave. */
function caller() {
  const left = new AbortController();
  const events: string[] = [];
  let takes = Promise.withResolvers<void>();
  const delivery: Delivery = {
    gone: left.signal,
    begin: () => void events.push("begin"),
    breakOff: () => void events.push("break off"),
    ready: () => takes.promise,
  };
  return {
    delivery,
    events,
    take() {
      takes.resolve();
      takes = Promise.withResolvers();
    },
    leave() {
      left.abort();
      takes.resolve();
    },
  };
}

/** A body that notes how much of it was asked for. */
function source(fail?: Error) {
  const events: string[] = [];
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        events.push("pull");
        if (fail) controller.error(fail);
        else controller.enqueue(bytes("x"));
      },
      cancel: () => void events.push("cancel"),
    },
    { highWaterMark: 0 },
  );
  return { body, events };
}

/** Reads without pause, as the host's library does. */
async function readAll(stream: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of stream);
}

describe("a stream on its way to a caller", () => {
  it("begins at once, and is read at the caller's pace", async () => {
    const { body, events } = source();
    const who = caller();
    const done = readAll(deliver(body, who.delivery));
    await setImmediate();
    expect([who.events, events]).toEqual([["begin"], []]);
    who.take();
    await setImmediate();
    expect(events).toEqual(["pull"]);
    who.leave();
    await done;
    expect(events).toEqual(["pull", "cancel"]);
  });

  it("ends where the caller leaves while nothing comes", async () => {
    const cancelled = Promise.withResolvers<void>();
    const silent = new ReadableStream<Uint8Array>({ cancel: () => cancelled.resolve() });
    const who = caller();
    const done = readAll(deliver(silent, who.delivery));
    await setImmediate();
    who.take();
    await setImmediate();
    who.leave();
    await Promise.all([done, cancelled.promise]);
  });

  it.each<[string, Error | undefined]>([
    ["its source fails", new Error("theirs")],
    ["what it waits with gives up", undefined],
  ])("is broken off where %s, and ends for the host", async (_, fail) => {
    const { body } = source(fail);
    const who = caller();
    const told: unknown[] = [];
    const waiting = <T>(part: Promise<T>) => (fail ? part : Promise.reject(new Error("given up")));
    const done = readAll(deliver(body, who.delivery, waiting, (error) => told.push(error)));
    await setImmediate();
    who.take();
    await done;
    expect(who.events).toEqual(["begin", "break off"]);
    expect(told).toEqual([expect.any(Error)]);
  });
});
