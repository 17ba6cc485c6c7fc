import { once } from "node:events";
import { request } from "node:http";
import { describe, expect, it } from "@jest/globals";
import { startRig } from "../../local/rig.ts";
import { buildOwnApp } from "../support/ownApp.ts";
import { shared } from "../support/shared.ts";

/*
 * With `enableHttpStream` a form without `Content-Length` comes as long as its sender likes, and senders need not sign in.
 */

const own = shared(buildOwnApp);
const env = { ORDERS_ID: "api://orders", ORDERS_BASE_URL: "http://127.0.0.1:1", HTTP_STREAM: "1" };
const rig = shared(() => startRig({ root: own.path, env }));

const headers = {
  "content-type": "application/x-www-form-urlencoded",
  "sec-fetch-site": "same-origin",
};

describe("a form that is too long and never ends is answered before it does", () => {
  it.each([
    ["/auth/callback", 413],
    ["/auth/signin", 413],
    ["/auth/backchannel-logout", 413],
    ["/auth/sessions/end", 413],
    // Nothing keeps anybody from signing out.
    ["/auth/signout", 303],
  ])("%s: %d", async (path, status) => {
    const sent = request(rig.url + path, { method: "POST", headers, agent: false });
    sent.on("error", () => {});
    sent.write(`a=${"x".repeat(64 * 1024)}`);
    const [answer] = await once(sent, "response", { signal: AbortSignal.timeout(10_000) });
    sent.destroy();
    expect(answer.statusCode).toBe(status);
  });
});
