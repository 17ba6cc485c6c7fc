import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { keepAliveFetch } from "../../src/shared/http/keepAliveFetch.ts";

let server: Server;
let answer: RequestListener;
let url: string;
const connections = new Set<Socket>();
let fetch: typeof globalThis.fetch;

beforeEach(async () => {
  connections.clear();
  answer = (_, response) => void response.end("fine");
  server = createServer((request, response) => answer(request, response));
  server.on("connection", (socket) => connections.add(socket));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  fetch = keepAliveFetch();
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const POST = { method: "POST", body: "a=b" };

describe("what is sent", () => {
  it.each([
    ["text", "a=b"],
    ["bytes", Buffer.from("a=b")],
    ["a buffer", new TextEncoder().encode("a=b").buffer],
  ])("is the body, %s, with its length", async (_, body) => {
    answer = async ({ method, headers }, response) => {
      response.end(`${method} ${headers["content-length"]} ${await text(response.req)}`);
    };
    const sent = await fetch(url, { method: "POST", body });
    expect(await sent.text()).toBe("POST 3 a=b");
  });

  it.each([
    ["a record", { "X-Own": "1" }],
    ["Headers", new Headers({ "X-Own": "1" })],
    ["pairs", [["X-Own", "1"]] satisfies [string, string][]],
  ])("are the headers, given as %s", async (_, headers) => {
    answer = ({ headers }, response) => void response.end(String(headers["x-own"]));
    expect(await (await fetch(new URL(url), { headers })).text()).toBe("1");
  });

  it("has no length without a body, and length 0 with an empty one", async () => {
    answer = ({ headers }, response) => void response.end(String(headers["content-length"]));
    expect(await (await fetch(url)).text()).toBe("undefined");
    const empty = await fetch(url, { method: "POST", body: new ArrayBuffer(0) });
    expect(await empty.text()).toBe("0");
  });
});

describe("what comes back", () => {
  it("has status, headers and body, in as many pieces as it was sent", async () => {
    answer = (_, response) => {
      response.writeHead(418, { "X-Own": "1", "Set-Cookie": ["a=1", "b=2"] });
      response.write("one ");
      response.end("two");
    };
    const response = await fetch(url);
    expect(response.status).toBe(418);
    expect(response.headers.get("x-own")).toBe("1");
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(await response.text()).toBe("one two");
  });

  it.each([204, 304])("may be a %i, which has no body", async (status) => {
    answer = (_, response) => void response.writeHead(status).end();
    expect((await fetch(url)).status).toBe(status);
  });

  it("is a redirect as it stands, or an error, but never what it leads to", async () => {
    answer = (_, response) => void response.writeHead(302, { Location: "/elsewhere" }).end();
    const { status, headers } = await fetch(url, { redirect: "manual" });
    expect([status, headers.get("location")]).toEqual([302, "/elsewhere"]);
    await expect(fetch(url, { redirect: "error" })).rejects.toThrow("redirect");
    await expect(fetch(url)).rejects.toThrow("redirect");
  });

  it("is an error when it is larger than what may be held in memory", async () => {
    answer = (_, response) => void response.end(Buffer.alloc(21 * 1024 * 1024));
    await expect(fetch(url)).rejects.toThrow("too large");
  });
});

describe("connections", () => {
  it("are used again", async () => {
    for (let i = 0; i < 3; i++) await (await fetch(url)).text();
    await (await fetch(url, POST)).text();
    expect(connections.size).toBe(1);
  });

  it("that the server had closed by then are replaced for a GET, and for nothing that may not come twice", async () => {
    let posts = 0;
    await fetch(url);
    const [stale] = connections;
    answer = ({ method, socket }, response) => {
      if (method === "POST") posts++;
      if (socket === stale || method === "POST") socket.resetAndDestroy();
      else response.end("fine");
    };
    expect(await (await fetch(url)).text()).toBe("fine");
    expect(connections.size).toBe(2);
    await expect(fetch(url, POST)).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(posts).toBe(1);
  });

  it("that have been idle too long are given up, and no request that is under way", async () => {
    const hasty = keepAliveFetch(50);
    answer = (_, response) => void setTimeout(() => response.end("late, but fine"), 150);
    expect(await (await hasty(url)).text()).toBe("late, but fine");
    const [first] = connections;
    await once(first as Socket, "close");
    await hasty(url);
    expect(connections.size).toBe(2);
  });

  it("that are cut when they are new are an error", async () => {
    answer = ({ socket }) => void socket.resetAndDestroy();
    await expect(fetch(url)).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(connections.size).toBe(1);
  });

  it("that are cut in the middle of an answer are an error", async () => {
    answer = (_, response) => {
      response.writeHead(200, { "Content-Length": "100" });
      response.write("some", () => response.destroy());
    };
    await expect(fetch(url)).rejects.toThrow();
  });

  it("to where nobody listens are an error", async () => {
    await expect(fetch("http://127.0.0.1:1/")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});

describe("a signal", () => {
  it.each([
    ["before the answer", () => {}],
    [
      "within the answer",
      ((_, response) => void response.writeHead(200).write("some")) as RequestListener,
    ],
  ])("ends the wait %s with its reason", async (_, respond) => {
    answer = respond;
    const controller = new AbortController();
    const reason = new DOMException("Too late.", "TimeoutError");
    const pending = fetch(url, { signal: controller.signal });
    await new Promise((resolve) => server.once("request", resolve));
    controller.abort(reason);
    await expect(pending).rejects.toBe(reason);
  });

  it("that has fired before stops the request from being sent", async () => {
    await expect(fetch(url, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: "AbortError",
    });
  });
});

it("refuses bodies that it cannot send", async () => {
  const sent = fetch(url, { method: "POST", body: new URLSearchParams() });
  await expect(sent).rejects.toThrow(TypeError);
  expect(connections.size).toBe(0);
});
