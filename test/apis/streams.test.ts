import { once } from "node:events";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { authApi } from "../../src/functions/authApi.ts";
import { type DeclaredApi, readApi } from "../../src/shared/apis/api.ts";
import { forward } from "../../src/shared/apis/forward.ts";
import { problemAnswer } from "../../src/shared/web/answers.ts";
import { testApp } from "../support/app.ts";
import { claimsChallenge, type StubSession, stubSession } from "../support/graph.ts";
import { listen } from "../support/listen.ts";
import { request } from "../support/request.ts";
import { startStreamed } from "../support/streamed.ts";
import { virtualTime } from "../support/virtualTime.ts";

/*
 * Bodies that go through as streams, over real HTTP; only the clock of the watch is made up.
 */

const MIB = 1024 * 1024;

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

const time = virtualTime();
const { app, logged } = testApp({}, { sleep: time.sleep, elapsed: time.now });
let respond: RequestListener;
const upstream = createServer((incoming, outgoing) => respond(incoming, outgoing));
let api: DeclaredApi;
let session: StubSession;
let isLive = true;
let streamed: Awaited<ReturnType<typeof startStreamed>>;
beforeAll(async () => {
  const port = await listen(upstream);
  const methods = ["GET", "POST"] as const;
  const calls = methods.map((method) => ({ method, path: "orders", scopes: ["api://o/Read"] }));
  const declared = { baseUrl: `http://127.0.0.1:${port}`, calls, maxRequestBytes: 300 * MIB };
  api = readApi({}, "orders", { ...declared, paging: "nextLink" });
  streamed = await startStreamed((incoming, delivery) =>
    forward(app, incoming, session, api, delivery).catch((error) =>
      problemAnswer(app, incoming, error),
    ),
  );
});
beforeEach(() => {
  logged.length = 0;
  isLive = true;
  session = { ...stubSession(), isLive: async () => isLive };
});
afterEach(() => upstream.closeAllConnections());
afterAll(async () => {
  await streamed.stop();
  upstream.close();
});

const get = async () => {
  const [answer] = await once(streamed.open("/orders/orders").end(), "response");
  return answer as import("node:http").IncomingMessage;
};
const events = { "content-type": "text/event-stream" };

describe("a stream down", () => {
  it("passes on each event as it comes, and its headers before the first", async () => {
    const { promise: opened, resolve } = Promise.withResolvers<ServerResponse>();
    respond = (_, response) => {
      response.writeHead(200, events).flushHeaders();
      resolve(response);
    };
    const answer = await get();
    expect(answer.headers["content-type"]).toBe("text/event-stream");
    const chunks = answer[Symbol.asyncIterator]();
    const response = await opened;
    for (const text of ["data: 1\n\n", "data: 2\n\n"]) {
      response.write(text);
      expect(String((await chunks.next()).value)).toBe(text);
    }
    response.end();
    expect((await chunks.next()).done).toBe(true);
  });

  it("ends at the API when the caller leaves", async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    respond = (_, response) => {
      response.writeHead(200, events).flushHeaders();
      response.once("close", resolve);
    };
    (await get()).destroy();
    await closed;
  });

  it("is not asked for where the caller has left before", async () => {
    respond = (_, response) => void response.end();
    const delivery = { begin() {}, async ready() {}, breakOff() {}, gone: AbortSignal.abort() };
    const answer = await forward(app, request("/orders/orders"), session, api, delivery);
    expect([answer, session.asked]).toEqual([{ status: 499 }, []]);
  });

  it("has a way back that is asked for at once: it is forgotten when the caller leaves", () => {
    const asked: string[] = [];
    const deliveryOf = (id: string) => void asked.push(id);
    const { handler } = authApi(app, api, deliveryOf as never);
    void handler(request("/orders/orders"), { invocationId: "one" });
    expect(asked).toEqual(["one"]);
  });

  it.each(["silent", "busy", "taken by nobody"])(
    "that is %s is broken off 30 s after a sign-out",
    async (kind) => {
      const { promise: closed, resolve } = Promise.withResolvers<void>();
      respond = (_, response) => {
        response.writeHead(200, events).flushHeaders();
        response.once("close", resolve);
        const timer = setInterval(() => kind !== "silent" && response.write(Buffer.alloc(MIB)), 1);
        response.once("close", () => clearInterval(timer));
      };
      const answer = await get();
      const ended = new Promise((done) => answer.on("error", () => {}).once("close", done));
      if (kind !== "taken by nobody") answer.resume();
      await time.pass(25_000);
      isLive = false;
      await time.pass(30_000);
      await closed;
      answer.resume();
      await ended;
      expect(answer.complete).toBe(false);
      const details = { reason: "signed_out", api: "orders" };
      expect(logged).toContainEqual(["warn", "api.broken_off", details]);
    },
  );

  it("that the API breaks off is broken off here: nobody takes it for whole", async () => {
    respond = (_, response) => {
      response.writeHead(200).write("half");
      setTimeout(() => response.destroy(), 10);
    };
    const answer = await get();
    answer.resume();
    await once(answer, "error");
    expect(answer.complete).toBe(false);
    expect(logged).toContainEqual(["warn", "api.broken_off", { reason: "failed", api: "orders" }]);
  });

  it("is refused where it would be held, and the log says what to turn on", async () => {
    respond = (_, response) => void response.writeHead(200, events).flushHeaders();
    const held = forward(app, request("/orders/orders"), session, api);
    await expect(held).rejects.toMatchObject({ code: "ERR_API_UNAVAILABLE", timedOut: false });
    expect(JSON.stringify(logged)).toContain("enableHttpStream: true");
  });
});

it.each(["101 Switching Protocols", "099 Odd", "600 Odd", "999 Request denied"])(
  "an answer that cannot be passed on is 502 at once, streamed and held: %s",
  async (line) => {
    respond = ({ socket }) =>
      void socket.end(`HTTP/1.1 ${line}\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n`);
    expect((await get()).resume().statusCode).toBe(502);
    const held = forward(app, request("/orders/orders"), session, api);
    await expect(held).rejects.toMatchObject({ code: "ERR_API_UNAVAILABLE", timedOut: false });
  },
);

describe("a stream up", () => {
  const post = (size: number, headers: Record<string, string> = {}) => {
    const sent = streamed.open("/orders/orders", "POST", headers);
    sent.end(Buffer.alloc(size));
    return once(sent, "response").then(([answer]) => answer.resume() as { statusCode: number });
  };
  let sizes: number[] = [];
  const count: RequestListener = async (incoming, response) => {
    let size = 0;
    for await (const chunk of incoming) size += chunk.length;
    sizes.push(size);
    if (incoming.headers.authorization === "Bearer token-1" && isRefused) {
      const { status, headers } = claimsChallenge('{"access_token":{}}');
      return response.writeHead(status, headers).end();
    }
    return response.end();
  };
  let isRefused = false;
  beforeEach(() => {
    sizes = [];
    isRefused = false;
    respond = count;
  });

  it.each([0, 1, 64 * 1024, 64 * 1024 + 1, 8 * MIB])("arrives whole: %d bytes", async (size) => {
    expect((await post(size)).statusCode).toBe(200);
    expect((await post(size, { "content-length": String(size) })).statusCode).toBe(200);
    expect(sizes).toEqual([size, size]);
  });

  it("is answered 413 where it is too large, said or not", async () => {
    const limited = { ...api, maxRequestBytes: MIB };
    [api] = [limited, api];
    const statuses = [
      await post(2 * MIB),
      await post(2 * MIB, { "content-length": String(2 * MIB) }),
    ];
    api = { ...api, maxRequestBytes: 300 * MIB };
    expect(statuses.map(({ statusCode }) => statusCode)).toEqual([413, 413]);
    expect(sizes).toEqual([]);
  });

  it("is sent again after a claims challenge while it is small, and else by the caller", async () => {
    isRefused = true;
    expect((await post(1_000)).statusCode).toBe(200);
    expect(sizes).toEqual([1_000, 1_000]);
    session = stubSession();
    expect((await post(MIB)).statusCode).toBe(502);
    expect(session.asked.map(([, claims]) => claims)).toEqual([undefined, '{"access_token":{}}']);
  });
});

it("the memory of the process grows by less than half of the 200 MB that go through, either way, at the slower side's pace", async () => {
  const size = 200 * MIB;
  const chunk = Buffer.alloc(MIB);
  const held = () => {
    collect();
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    return arrayBuffers + heapUsed;
  };
  const before = held();
  let most = 0;
  const measure = () => {
    most = Math.max(most, held() - before);
  };
  respond = async (incoming, response) => {
    for await (const _ of incoming);
    for (let sent = 0; sent < size; sent += chunk.length) {
      if (!response.write(chunk)) await once(response, "drain");
    }
    response.end();
  };
  const sent = streamed.open("/orders/orders", "POST");
  const answered = once(sent, "response");
  for (let written = 0; written < size; written += chunk.length) {
    if (!sent.write(chunk)) await once(sent, "drain");
    if (written % (50 * MIB) === 0) measure();
  }
  sent.end();
  const [answer] = await answered;
  let read = 0;
  for await (const part of answer) {
    if (Math.floor(read / (50 * MIB)) < Math.floor((read + part.length) / (50 * MIB))) measure();
    read += part.length;
    // Slower than the API.
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(read).toBe(size);
  expect(most / size).toBeLessThan(0.5);
}, 120_000);
