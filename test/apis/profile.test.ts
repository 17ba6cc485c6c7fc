import { describe, expect, it } from "@jest/globals";
import { readProfile } from "../../src/shared/apis/profile.ts";
import { testApp } from "../support/app.ts";
import { stubSession } from "../support/graph.ts";
import { type Answer, startLoopback } from "../support/loopback.ts";
import { shared } from "../support/shared.ts";

const graph = shared(startLoopback);

function read(answer: Answer | "drop") {
  graph.respond = () => answer;
  const { app } = testApp({ GRAPH_BASE_URL: `${graph.url}/v1.0` });
  return readProfile(app, stubSession());
}

describe("readProfile", () => {
  it("asks for what the page shows", async () => {
    const profile = { displayName: "Adele", mail: null, jobTitle: "x", officeLocation: "y" };
    const { mail: _, ...filledIn } = profile;
    await expect(read({ body: profile })).resolves.toEqual(filledIn);
    const select = "displayName,mail,jobTitle,officeLocation";
    const { pathname, searchParams } = new URL(graph.requests[0]?.url ?? "", graph.url);
    expect([pathname, [...searchParams]]).toEqual(["/v1.0/me", [["$select", select]]]);
  });

  it.each<[string, Answer | "drop"]>([
    ["403", { status: 403, body: {} }],
    ["404", { status: 404, body: {} }],
    ["500", { status: 500, body: {} }],
    ["a closed connection", "drop"],
    ["HTML", { body: "<html>" }],
    ["nothing", { body: "" }],
    ["null", { body: "null" }],
  ])("does without it on %s", async (_, answer) => {
    await expect(read(answer)).resolves.toBeUndefined();
  });

  it.each(["{}", "[]", '{"displayName":[[["deep"]]],"mail":5,"jobTitle":{},"officeLocation":""}'])(
    "takes nothing that is no text: %s",
    async (body) => {
      await expect(read({ body })).resolves.toEqual({});
    },
  );

  it("lets what only the user can solve through", async () => {
    const required = { code: "ERR_INTERACTION_REQUIRED" };
    await expect(read({ status: 401 })).rejects.toMatchObject(required);
  });
});
