import { beforeEach, describe, expect, it } from "@jest/globals";
import { getJson } from "../../src/shared/net/getJson.ts";
import type { Send } from "../../src/shared/net/send.ts";
import { type Answer, startLoopback } from "../support/loopback.ts";
import { keepAliveSender } from "../support/send.ts";
import { shared } from "../support/shared.ts";
import { impatientSender } from "../support/timeouts.ts";

let send: Send;
const provider = shared(startLoopback);
beforeEach(() => {
  send = keepAliveSender();
  provider.requests.length = 0;
  provider.respond = () => ({ body: { ok: true } });
});

describe("getJson", () => {
  const failure = {
    code: "ERR_PROVIDER_UNAVAILABLE",
    message: "Microsoft Entra ID does not answer. Try again in a moment.",
  };

  it("gets JSON", async () => {
    await expect(getJson(send, `${provider.url}/a`)).resolves.toEqual({ ok: true });
    expect(provider.requests).toMatchObject([{ headers: { accept: "application/json" } }]);
  });

  it.each<[string, Answer | "drop"]>([
    ["404", { status: 404, body: {} }],
    ["500", { status: 500, body: {} }],
    ["a redirect", { status: 302, headers: { location: "/elsewhere" } }],
    ["HTML", { body: "<html>" }],
    ["nothing", { body: "" }],
    ["a closed connection", "drop"],
  ])("fails on %s", async (_, given) => {
    provider.respond = () => given;
    await expect(getJson(send, provider.url)).rejects.toMatchObject(failure);
    expect(provider.requests).toHaveLength(1);
  });

  it("gives up on an answer that does not come", async () => {
    const { send, asked } = impatientSender();
    provider.respond = () => "hang";
    await expect(getJson(send, provider.url)).rejects.toMatchObject(failure);
    expect(asked).toEqual([10_000]);
  });
});
