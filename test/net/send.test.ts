import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type Outgoing, TimeoutError } from "../../src/shared/net/open.ts";
import { close, listen } from "../support/listen.ts";
import { keepAliveSender } from "../support/send.ts";

let server: Server;
let answer: RequestListener;
let url: string;
const connections = new Set<Socket>();
let send: ReturnType<typeof sender>;

beforeEach(async () => {
  connections.clear();
  answer = (_, response) => void response.end("fine");
  server = createServer((request, response) => answer(request, response));
  server.on("connection", (socket) => connections.add(socket));
  url = `http://127.0.0.1:${await listen(server)}/`;
  send = sender();
});
afterEach(() => close(server));

const POST = { method: "POST", body: "a=b" };

function sender(maxIdle?: number) {
  const send = keepAliveSender(maxIdle);
  return (to: string | URL, request: Partial<Outgoing> = {}) =>
    send(to, { timeout: 10_000, ...request });
}
const textOf = async (answer: ReturnType<typeof send>) => (await answer).body.toString();

describe("what is sent", () => {
  it.each([
    ["text", "a=b"],
    ["bytes", Buffer.from("a=b")],
  ])("is the body, %s, with its length", async (_, body) => {
    answer = async ({ method, headers }, response) => {
      response.end(`${method} ${headers["content-length"]} ${await text(response.req)}`);
    };
    expect(await textOf(send(url, { method: "POST", body }))).toBe("POST 3 a=b");
  });

  it.each(["POST", "PUT", "PATCH", "DELETE"])(
    "is a %s whose body is never taken for the next request",
    async (method) => {
      const asked: string[] = [];
      answer = async (request, response) => {
        asked.push(`${request.method} ${await text(request)}`);
        response.end("fine");
      };
      const smuggled = "POST /other HTTP/1.1\r\nHost: x\r\nContent-Length: 200\r\n\r\n";
      const headers = { "Content-Length": "0" };
      expect(await textOf(send(url, { method, headers, body: smuggled }))).toBe("fine");
      expect(await textOf(send(url))).toBe("fine");
      expect(asked).toEqual([`${method} ${smuggled}`, "GET "]);
      expect(connections.size).toBe(1);
    },
  );

  it("are the headers, and our own unless they are given", async () => {
    answer = ({ headers }, response) => {
      response.end([headers["x-own"], headers.accept, headers["user-agent"]].join(" "));
    };
    const headers = { "X-Own": "1", accept: "text/plain" };
    expect(await textOf(send(new URL(url), { headers }))).toBe("1 text/plain lightsout");
    expect(await textOf(send(url))).toBe(" */* lightsout");
  });

  it("has no length without a body, and length 0 with an empty one", async () => {
    answer = ({ headers }, response) => void response.end(String(headers["content-length"]));
    expect(await textOf(send(url))).toBe("undefined");
    expect(await textOf(send(url, { method: "POST", body: new Uint8Array() }))).toBe("0");
  });
});

describe("what comes back", () => {
  it("has status, headers and body, in as many pieces as it was sent", async () => {
    answer = (_, response) => {
      response.writeHead(418, { "X-Own": "1", "Set-Cookie": ["a=1", "b=2"] });
      response.write("one ");
      response.end("two");
    };
    const { status, headers, body } = await send(url);
    expect(status).toBe(418);
    expect(headers).toMatchObject({ "x-own": "1", "set-cookie": ["a=1", "b=2"] });
    expect(body.toString()).toBe("one two");
  });

  it.each([204, 304])("may be a %i, which has no body", async (status) => {
    answer = (_, response) => void response.writeHead(status).end();
    expect(await send(url)).toMatchObject({ status, body: Buffer.alloc(0) });
  });

  it("is a redirect as it stands, never what it leads to", async () => {
    answer = (_, response) => void response.writeHead(302, { Location: "/elsewhere" }).end();
    expect(await send(url)).toMatchObject({ status: 302, headers: { location: "/elsewhere" } });
  });

  it("is an error when it is larger than what may be held in memory", async () => {
    answer = (_, response) => void response.end(Buffer.alloc(16 * 1024 * 1024 + 1));
    await expect(send(url)).rejects.toThrow("too large");
  });
});

describe("connections", () => {
  it("are used again", async () => {
    for (let i = 0; i < 3; i++) await send(url);
    await send(url, POST);
    expect(connections.size).toBe(1);
  });

  it("that the server had closed by then are replaced for a GET, and for nothing that may not come twice", async () => {
    let posts = 0;
    await send(url);
    const [stale] = connections;
    answer = ({ method, socket }, response) => {
      if (method === "POST") posts++;
      if (socket === stale || method === "POST") socket.resetAndDestroy();
      else response.end("fine");
    };
    expect(await textOf(send(url))).toBe("fine");
    expect(connections.size).toBe(2);
    await expect(send(url, POST)).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(posts).toBe(1);
    await send(url);
    await expect(send(url, { ...POST, isRepeatable: true })).rejects.toMatchObject({
      code: "ECONNRESET",
    });
    // Once on the connection that was there, once on one of its own.
    expect(posts).toBe(3);
  });

  it("that have been idle too long are given up, and no request that is under way", async () => {
    const hasty = sender(50);
    answer = (_, response) => void setTimeout(() => response.end("late, but fine"), 150);
    expect(await textOf(hasty(url))).toBe("late, but fine");
    const [first] = connections;
    await once(first as Socket, "close");
    await hasty(url);
    expect(connections.size).toBe(2);
  });

  it.each(["resetAndDestroy", "destroy"] as const)(
    "that are cut in the middle of an answer are not tried again, used or new (%s)",
    async (cut) => {
      await send(url);
      let requests = 0;
      answer = ({ socket }, response) => {
        requests++;
        response.writeHead(200, { "Content-Length": "100" });
        response.write("some", () => setTimeout(() => socket[cut](), 20));
      };
      for (const tried of [1, 2]) {
        await expect(send(url)).rejects.toMatchObject({ code: "ECONNRESET" });
        expect([requests, connections.size]).toEqual([tried, tried]);
      }
    },
  );

  it("on which an answer came before all was sent are given up", async () => {
    answer = (_, response) => void response.writeHead(413).end();
    const early = await send(url, { method: "POST", body: Buffer.alloc(8 * 1024 * 1024) });
    expect(early.status).toBe(413);
    const [first] = connections;
    // The server complains about the half of a request on it, which `once` would reject with.
    await new Promise<unknown>((resolve) => {
      if (first?.destroyed) resolve(undefined);
      else first?.on("close", resolve);
    });
  });

  it("to where nobody listens are an error", async () => {
    await expect(send("http://127.0.0.1:1/")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});

describe("a time-out", () => {
  it.each([
    ["before the answer", () => {}],
    [
      "within the answer",
      ((_, response) => void response.writeHead(200).write("some")) as RequestListener,
    ],
  ])("ends the wait %s, and the connection", async (_, respond) => {
    answer = respond;
    await expect(send(url, { timeout: 50 })).rejects.toThrow(TimeoutError);
    const [connection] = connections;
    if (!connection?.destroyed) await once(connection as Socket, "close");
    answer = (_, response) => void response.end("fine");
    expect(await textOf(send(url, { timeout: 10_000 }))).toBe("fine");
    expect(connections.size).toBe(2);
  });

  it("is for the whole exchange, and no second try comes after it", async () => {
    let requests = 0;
    answer = (_, response) => {
      requests++;
      if (requests === 1) response.end("fine");
    };
    await send(url);
    await expect(send(url, { timeout: 50 })).rejects.toThrow("There was no answer within 50 ms.");
    await once([...connections][0] as Socket, "close");
    await send(`${url}last`, { timeout: 50 }).catch(() => {});
    expect(requests).toBe(3);
  });
});

describe("what cannot be sent", () => {
  it.each<[string, string, Partial<Outgoing>]>([
    ["an address that is none", "nowhere", {}],
    ["another protocol", "ftp://127.0.0.1/", {}],
    ["a header of two lines", "http://127.0.0.1/", { headers: { a: "b\nc" } }],
  ])("is refused, and nothing is left of it: %s", async (_, to, request) => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout");
    const before = timers().length;
    await expect(send(to, request)).rejects.toMatchObject({ name: "TypeError" });
    expect(timers()).toHaveLength(before);
  });
});
