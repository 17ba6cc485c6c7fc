import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { LogLine } from "../../local/host/host.ts";
import { startRig } from "../../local/rig.ts";
import { eventually } from "../support/eventually.ts";
import { breaking, sendable, unsendable } from "../support/ownApp/oddAnswers.ts";
import { buildOwnApp } from "../support/ownApp.ts";
import { shared } from "../support/shared.ts";
import { sessionCookieOf, signedInBrowser } from "../support/user.ts";

/*
 * With `enableHttpStream` the host never answers where its library fails at what a handler has returned.
 */

const lines: LogLine[] = [];
const own = shared(buildOwnApp);
const env = { ORDERS_ID: "api://orders", ORDERS_BASE_URL: "http://127.0.0.1:1", HTTP_STREAM: "1" };
const rig = shared(() => startRig({ root: own.path, env, onLog: (line) => lines.push(line) }));
let cookie: string;
beforeAll(async () => {
  cookie = sessionCookieOf(rig, await signedInBrowser(rig));
});
beforeEach(() => {
  lines.length = 0;
});

const call = (name: string) =>
  fetch(`${rig.url}/my/odd?is=${encodeURIComponent(name)}`, {
    headers: { cookie },
    signal: AbortSignal.timeout(10_000),
  });
const isLogged = () => eventually(() => lines.some(({ level }) => level === "error"));

describe("a handler's answer over HTTP streams", () => {
  it.each(Object.keys(unsendable))("is a bare 500, and logged, where it is %s", async (name) => {
    const answer = await call(name);
    expect([answer.status, await answer.text()]).toEqual([500, ""]);
    await isLogged();
  });

  it.each(Object.keys(breaking))("is broken off, and logged, where it is %s", async (name) => {
    const answer = await call(name);
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow("terminated");
    await isLogged();
  });

  it.each(Object.keys(sendable))("may be odd: %s", async (name) => {
    const answer = await call(name);
    expect(`${answer.status} ${await answer.text()}`).toBe(name);
  });
});
