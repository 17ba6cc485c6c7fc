import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { readNextMeeting } from "../../src/shared/apis/nextMeeting.ts";
import { testApp } from "../support/app.ts";
import { stubSession } from "../support/graph.ts";
import { type Loopback, startLoopback } from "../support/loopback.ts";

let graph: Loopback;
beforeAll(async () => {
  graph = await startLoopback();
});
afterAll(() => graph.stop());

function read(body: string) {
  graph.respond = () => ({ body });
  const { app } = testApp({ GRAPH_BASE_URL: `${graph.url}/v1.0` });
  return readNextMeeting(app, stubSession());
}

const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 19);
const time = { dateTime: `${tomorrow}.0000000`, timeZone: "UTC" };
const event = { subject: "Lunch", start: time, end: time };

describe("the next meeting", () => {
  it.each(["", "<html>", "null", "[]", "{}", '{"value":{}}', '"value"'])(
    "cannot be told from %s",
    async (body) => {
      await expect(read(body)).rejects.toMatchObject({ code: "ERR_GRAPH_UNAVAILABLE" });
    },
  );

  it("is found among events that are none", async () => {
    const deep = "[".repeat(50_000) + "]".repeat(50_000);
    const strange = [
      null,
      5,
      [],
      {},
      { ...event, start: null },
      { ...event, end: { dateTime: "x" } },
    ];
    const value = [...strange.map((one) => JSON.stringify(one)), deep, JSON.stringify(event)];
    const start = `${tomorrow}Z`;
    const meeting = { subject: "Lunch", start, end: start };
    await expect(read(`{"value":[${value}]}`)).resolves.toEqual(meeting);
    await expect(read(`{"value":[${value.slice(0, -1)}]}`)).resolves.toBeNull();
  });
});
