import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { describe, expect, it } from "@jest/globals";
import { eventually } from "../../support/eventually.ts";
import { shared } from "../../support/shared.ts";
import { hostJson, runApp, send } from "./app.ts";

/*
 * The host with `enableHttpStream`, as the real one is.
 */

const main = `
  app.setup({ enableHttpStream: true });
  const all = { methods: ["GET", "POST", "DELETE"], authLevel: "anonymous" };
  const http = (name, handler, more) => app.http(name, { ...all, ...more, handler });
  const later = [];
  http("echo", async (request) => {
    const chunks = [];
    for await (const chunk of request.body ?? []) chunks.push(Buffer.from(chunk));
    const { url, headers, params } = request;
    const body = Buffer.concat(chunks).toString();
    return { jsonBody: { url, own: headers.get("x-own"), params, body } };
  }, { route: "echo/{id?}" });
  http("iterable", () => ({ body: (async function* () { yield Buffer.from("a"); yield Buffer.from("b"); })() }));
  http("readable", () => ({ body: require("node:stream").Readable.from([Buffer.from("a"), Buffer.from("b")]) }));
  http("web", () => ({ status: 201, headers: { "x-own": "1" }, cookies: [{ name: "c", value: "1", sameSite: "Lax" }], body: new Response("ab").body }));
  http("first", async (request) => ({ body: request.body }));
  http("endless", (_, { log }) => ({
    body: (async function* () {
      try {
        for (;;) { yield Buffer.from("."); await new Promise((done) => setTimeout(done, 10)); }
      } finally { console.log("endless ended"); }
    })(),
  }));
  http("throws", () => { throw new Error("theirs"); });
  http("nothing", () => undefined);
  http("slow", () => new Promise(() => {}));
  require("node:diagnostics_channel").subscribe("http.server.request.start", ({ request, response }) => {
    if (request.headers["x-ms-invocation-id"]) response.once("close", () => console.log("closed " + request.url));
  });
`;

const http = { routePrefix: "", customHeaders: { "x-custom": "1" } };
const app = shared(() => runApp({ main, host: hostJson(http, { functionTimeout: "00:00:02" }) }));

const said = (text: string) => app.lines.some(({ message }) => message.includes(text));
function open(path: string, method = "GET"): ClientRequest {
  const { port } = app.host;
  const opened = request({ host: "127.0.0.1", port, path, method, agent: false });
  return opened.on("error", () => {});
}
const answerOf = async (sent: ClientRequest): Promise<IncomingMessage> =>
  (await once(sent, "response"))[0];

describe("a request", () => {
  it("reaches the function as it is, with a body of any kind", async () => {
    const headers = { "x-own": ["1", "2"], "x-ms-invocation-id": "forged" };
    const body = "x".repeat(100_000);
    for (const chunked of [false, true]) {
      const answer = await send(app.host, "/echo/7?id=8&query=9", {
        method: "POST",
        body,
        chunked,
        headers,
      });
      const { url, own, params, body: got } = JSON.parse(answer.body);
      expect(url).toBe(`http://localhost:${app.host.port}/echo/7?id=8&query=9`);
      expect([own, params, got.length]).toEqual(["1,2", { id: "7", query: "9" }, body.length]);
    }
  });

  it("streams up and down at once", async () => {
    const sent = open("/first", "POST");
    sent.write("a");
    const answer = await answerOf(sent);
    const chunks = answer[Symbol.asyncIterator]();
    expect(String((await chunks.next()).value)).toBe("a");
    sent.end("b");
    expect(String((await chunks.next()).value)).toBe("b");
    expect((await chunks.next()).done).toBe(true);
  });

  it("that is too large is refused", async () => {
    const headers = { "content-length": "104857601" };
    expect((await send(app.host, "/echo", { method: "POST", headers })).status).toBe(500);
  });
});

describe("an answer", () => {
  it.each(["iterable", "readable", "web"])("may be a stream: %s", async (name) => {
    const { status, headers, body } = await send(app.host, `/${name}`);
    expect(body).toBe("ab");
    expect(headers["x-custom"]).toEqual(["1"]);
    if (name !== "web") return;
    expect([status, headers["x-own"]]).toEqual([201, ["1"]]);
    expect(headers["set-cookie"]).toEqual(["c=1; SameSite=Lax"]);
  });

  it("ends for the function's server when the client leaves", async () => {
    const sent = open("/endless").end();
    await once(await answerOf(sent), "data");
    sent.destroy();
    await eventually(() => said("closed /endless"));
  });
});

describe("whoever calls a function that", () => {
  it.each(["throws", "nothing"])("%s waits for ever", async (name) => {
    const sent = open(`/${name}`).end();
    let isAnswered = false;
    sent.once("response", () => {
      isAnswered = true;
    });
    await eventually(() => said(`Executed 'Functions.${name}'`));
    await send(app.host, "/web");
    expect(isAnswered).toBe(false);
    sent.destroy();
  });

  it("takes too long is answered 500", async () => {
    expect((await send(app.host, "/slow")).status).toBe(500);
  });
});
