import { setImmediate } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "@jest/globals";
import type { TokenSource } from "../../src/shared/oauth/heldTokens.ts";
import { type Fetched, heldTokens, TokenRefused } from "../../src/shared/oauth/heldTokens.ts";
import { type VirtualTime, virtualTime } from "../support/virtualTime.ts";

const SECOND = 1_000;
const HOUR = 3_600_000;
const PATIENT = 60_000;
const DOWN = new Error("It is down.");

let time: VirtualTime;
let source: TokenSource;
/** When each fetch began, in milliseconds. */
let fetched: number[];
let life: number;
let endpoint: () => Promise<unknown>;

beforeEach(() => {
  time = virtualTime();
  const start = time.now();
  fetched = [];
  life = HOUR;
  endpoint = async () => {};
  source = heldTokens({
    elapsed: time.now,
    sleep: time.sleep,
    unavailable: (_, cause) => new Error("unavailable", { cause }),
    async fetchToken(): Promise<Fetched> {
      fetched.push(time.now() - start);
      const token = `token-${fetched.length}`;
      await endpoint();
      return { token, life };
    },
  });
});

const ask = (resource = "r", patience = PATIENT) => source(resource, patience);
const outcome = (asked: Promise<string>) => asked.catch((error: Error) => error);
const refusing = (status: number) => async () => {
  throw new TokenRefused(status);
};

describe("a token", () => {
  it("is fetched once for all who ask at once, and again for another resource", async () => {
    const tokens = await Promise.all(Array.from({ length: 50 }, () => ask()));
    expect(new Set(tokens)).toEqual(new Set(["token-1"]));
    expect(await ask("other")).toBe("token-2");
    expect(await ask()).toBe("token-1");
    expect(fetched).toHaveLength(2);
  });

  it.each([14 * SECOND, HOUR, 24 * HOUR])(
    "of %i ms is fetched again in its life's middle, and goes on being handed out meanwhile",
    async (given) => {
      life = given;
      await ask();
      await time.pass(life / 2 - 1);
      expect(await ask()).toBe("token-1");
      expect(fetched).toHaveLength(1);
      await time.pass(1);
      const { promise, resolve } = Promise.withResolvers<void>();
      endpoint = () => promise;
      for (let i = 0; i < 20; i++) expect(await ask()).toBe("token-1");
      expect(fetched).toHaveLength(2);
      resolve();
      await time.pass(0);
      expect(await ask()).toBe("token-2");
    },
  );

  it("is not handed out at its end", async () => {
    await ask();
    await time.pass(life * 0.9);
    expect(await ask()).toBe("token-2");
  });

  it("serves on while no other can be had, and the next is tried for again and again", async () => {
    await ask();
    endpoint = () => Promise.reject(DOWN);
    await time.pass(life / 2);
    for (let i = 0; i < 60; i++) {
      expect(await ask()).toBe("token-1");
      await time.pass(SECOND);
    }
    expect(fetched.length).toBeGreaterThan(10);
    expect(fetched.length).toBeLessThan(100);
    endpoint = async () => {};
    await ask();
    await time.pass(SECOND);
    expect(await ask()).toBe(`token-${fetched.length}`);
  });
});

describe("an endpoint that fails", () => {
  it.each([429, 500, 503])("with %i is asked three times, after pauses", async (status) => {
    endpoint = refusing(status);
    const asked = outcome(ask());
    await time.pass(10 * SECOND);
    expect(await asked).toMatchObject({ message: "unavailable", cause: { status } });
    expect(fetched).toEqual([0, 200, 1_200]);
  });

  it("for a moment only is not noticed", async () => {
    endpoint = async () => {
      if (fetched.length < 3) throw DOWN;
    };
    const asked = ask();
    await time.pass(2 * SECOND);
    expect(await asked).toBe("token-3");
  });

  it.each([400, 401, 403])("with %i is asked once a second, however many ask", async (status) => {
    endpoint = refusing(status);
    for (let i = 0; i < 100; i++) {
      expect(await outcome(ask())).toMatchObject({ cause: { status } });
      await time.pass(100);
    }
    expect(fetched).toHaveLength(10);
  });

  it("is nobody's failure where nobody waits", async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown) => void unhandled.push(error);
    process.on("unhandledRejection", note);
    try {
      await ask();
      endpoint = () => Promise.reject(DOWN);
      await time.pass(life / 2);
      await ask();
      await time.pass(5 * SECOND);
      await setImmediate();
      expect(fetched.length).toBeGreaterThan(3);
      expect(unhandled).toEqual([]);
    } finally {
      process.off("unhandledRejection", note);
    }
  });

  it("and says nothing keeps each only as long as it will wait, and the answer is for the next", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    endpoint = () => promise;
    for (let asked = 0; asked < 2; asked++) {
      const error = outcome(ask("r", 20));
      await time.pass(20);
      expect(await error).toMatchObject({ cause: { name: "TimeoutError" } });
    }
    expect(fetched).toHaveLength(1);
    resolve();
    await time.pass(0);
    expect(await ask()).toBe("token-1");
  });
});
