import { once } from "node:events";
import { createServer, request, type ServerResponse } from "node:http";
import { expect, it } from "@jest/globals";
import { watchStreamed } from "../src/streamed.ts";
import { listen } from "./support/listen.ts";

it("knows which invocations are answered over HTTP, for as long as they are", async () => {
  const deliveryOf = watchStreamed();
  const isStreamed = (id: string) => deliveryOf(id) !== undefined;
  const server = createServer();
  const port = await listen(server);
  const headers = { "x-ms-invocation-id": "one" };
  const sent = request({ port, headers, agent: false }).end();
  const [, response] = (await once(server, "request")) as [unknown, ServerResponse];
  expect([isStreamed("one"), isStreamed("two")]).toEqual([true, false]);

  const answered = once(sent, "response");
  const closed = once(response, "close");
  response.end();
  const [answer] = await answered;
  answer.resume();
  await closed;
  expect(isStreamed("one")).toBe(false);
  server.close();
});
