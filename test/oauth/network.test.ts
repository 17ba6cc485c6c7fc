import { AuthError } from "@azure/msal-node";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { kindsOf, urlIn } from "../../src/shared/base/causes.ts";
import { ProviderUnavailable } from "../../src/shared/base/errors.ts";
import type { Send } from "../../src/shared/net/send.ts";
import { createNetworkClient } from "../../src/shared/oauth/network.ts";
import { type Answer, startLoopback } from "../support/loopback.ts";
import { keepAliveSender } from "../support/send.ts";
import { shared } from "../support/shared.ts";
import { impatientSender } from "../support/timeouts.ts";

let send: Send;
const provider = shared(startLoopback);
let slept: number[];
beforeEach(() => {
  send = keepAliveSender();
  slept = [];
  provider.requests.length = 0;
  provider.respond = () => ({ body: { ok: true } });
});

const client = (by = send) =>
  createNetworkClient(by, async (milliseconds) => void slept.push(milliseconds));

function inSeconds(seconds: number, now = Date.UTC(2027, 0, 15)): Record<string, string> {
  const date = (time: number) => new Date(time).toUTCString();
  return { date: date(now), "retry-after": date(now + seconds * 1_000) };
}

/** The first answers, then 200. */
function answer(...answers: Answer[]): void {
  provider.respond = () => answers.shift() ?? { body: { ok: true } };
}

describe("network client", () => {
  it("sends a form as it is and gives the answer back", async () => {
    provider.respond = () => ({ status: 201, headers: { "x-one": "1" }, body: { ok: "x" } });
    const options = { headers: { "x-two": "2" }, body: "a=b" };
    const answered = await client().sendPostRequestAsync(`${provider.url}/token`, options);
    const expected = { status: 201, headers: { "x-one": "1" }, body: { ok: "x" } };
    expect(answered).toMatchObject(expected);
    expect(provider.requests).toMatchObject([
      { method: "POST", url: "/token", headers: { "x-two": "2" }, body: Buffer.from("a=b") },
    ]);
  });

  it("gets", async () => {
    await client().sendGetRequestAsync(`${provider.url}/a`, { headers: { "x-two": "2" } });
    await client().sendGetRequestAsync(`${provider.url}/b`);
    await client().sendPostRequestAsync(`${provider.url}/c`);
    expect(provider.requests.map(({ method, url }) => method + url)).toEqual([
      "GET/a",
      "GET/b",
      "POST/c",
    ]);
    expect(provider.requests[0]?.headers["x-two"]).toBe("2");
  });

  it.each([
    [429, "1", 1_000],
    [503, "3", 3_000],
    [429, "0", 0],
  ])("waits for the Retry-After of a %d: %s, once", async (status, value, pause) => {
    const busy = { status, headers: { "retry-after": value }, body: {} };
    answer(busy);
    const options = { body: "a=b" };
    await expect(client().sendPostRequestAsync(provider.url, options)).resolves.toMatchObject({
      status: 200,
    });
    answer(busy, busy);
    const busyAnswer = `It answered ${status}.`;
    await expect(client().sendPostRequestAsync(provider.url, options)).rejects.toThrow(busyAnswer);
    expect(slept).toEqual([pause, pause]);
    expect(provider.requests.map(({ body }) => body.toString())).toEqual(Array(4).fill("a=b"));
  });

  it.each<[number, Record<string, string>]>([
    [429, {}],
    [429, { "retry-after": "4" }],
    [503, { "retry-after": "Fri, 15 Jan 2027 12:00:00 GMT" }],
    [503, { "retry-after": "soon" }],
    [500, { "retry-after": "1" }],
  ])("does not try again after %d with %j, nor look at what it says", async (status, headers) => {
    answer({ status, headers, body: { error: "invalid_grant" } });
    const failed = client().sendPostRequestAsync(provider.url);
    await expect(failed).rejects.toThrow(`It answered ${status}.`);
    expect(provider.requests).toHaveLength(1);
    expect(slept).toEqual([]);
  });

  it.each<[string, Record<string, string>, number | undefined]>([
    ["nothing", {}, undefined],
    ["seconds", { "retry-after": "60" }, 60],
    ["very many seconds", { "retry-after": "1000000" }, 3_600],
    ["a time", inSeconds(90), 90],
    ["a time that is over", inSeconds(-90), 0],
    ["a time, by a clock that is wrong", inSeconds(90, Date.UTC(2001, 0)), 90],
    ["rubbish", { "retry-after": "soon" }, undefined],
    ["less than nothing", { "retry-after": "-1" }, undefined],
    ["a fraction", { "retry-after": "1.5" }, undefined],
  ])("says how long to wait, asked by %s", async (_, headers, retryAfter) => {
    answer({ status: 400, headers, body: { error: "x" } });
    const refused = client().sendPostRequestAsync(provider.url);
    await expect(refused).rejects.toMatchObject({ status: 400, body: { error: "x" }, retryAfter });
  });

  it.each([301, 302, 307, 308])(
    "refuses a %d: the body is for one address only",
    async (status) => {
      answer({ status, headers: { location: "/elsewhere" } });
      await expect(
        client().sendPostRequestAsync(provider.url, { body: "secret" }),
      ).rejects.toThrow();
      expect(provider.requests).toHaveLength(1);
    },
  );

  it.each(["<html>", ""])("fails on an answer that is not JSON: %j", async (body) => {
    answer({ body });
    await expect(client().sendPostRequestAsync(provider.url)).rejects.toThrow();
  });

  it.each([
    ["authorization_code", 2],
    ["refresh_token", 1],
  ])("sends %s on a connection that is closed by then, %i times in all", async (grant, times) => {
    const one = client();
    await one.sendGetRequestAsync(provider.url);
    provider.requests.length = 0;
    let drops = 1;
    provider.respond = () => (drops-- > 0 ? "drop" : { body: { ok: true } });
    const body = `client_id=c&grant_type=${grant}&code=x`;
    const sent = one.sendPostRequestAsync(provider.url, { body });
    if (times > 1) expect(await sent).toMatchObject({ status: 200 });
    else await expect(sent).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
    expect(provider.requests.map((request) => request.body.toString())).toEqual(
      Array(times).fill(body),
    );
  });

  it("keeps the reason why nobody answered, and who, through MSAL", async () => {
    provider.respond = () => "drop";
    const failed = client().sendPostRequestAsync(`${provider.url}/token?secret=1`);
    const error = await failed.catch((error: unknown) => error);
    expect(error).toBeInstanceOf(AuthError);
    expect(error).toMatchObject({ cause: { code: "ECONNRESET" } });
    expect(kindsOf(new ProviderUnavailable(undefined, { cause: error }))).toMatch(
      /^ProviderUnavailable\/ERR_PROVIDER_UNAVAILABLE < Unreached/,
    );
    expect(urlIn(error)).toBe(`${provider.url}/token`);
  });

  it("gives up on an answer that does not come", async () => {
    const { send, asked } = impatientSender();
    provider.respond = () => "hang";
    const timedOut = { cause: { name: "TimeoutError" } };
    const one = client(send);
    await expect(one.sendPostRequestAsync(provider.url)).rejects.toMatchObject(timedOut);
    await expect(one.sendGetRequestAsync(provider.url)).rejects.toMatchObject(timedOut);
    expect(asked).toEqual([10_000, 10_000]);
  });
});
