import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, it } from "@jest/globals";
import type { FunctionsHost } from "../../local/host/host.ts";
import { startRig } from "../../local/rig.ts";
import type { Browser } from "../../local/tenant/browserless.ts";
import { accountPartition, type HomeAccountId } from "../../src/shared/rows/keys.ts";
import { answeredBrowser } from "../support/attack.ts";
import { shared } from "../support/shared.ts";
import { type Moment, startTableProxy } from "../support/tableProxy.ts";
import {
  callFrontChannel,
  cookiesOf,
  holdsTokens,
  homeAccountIdOf,
  isSignedIn,
  newUser,
  sessionCookieOf,
  sidOf,
  signedInBrowser,
  signOutByCookie,
} from "../support/user.ts";

/*
 * A platform may stop an instance for a while, as when it moves the machine. When it goes on, all its time-outs are
 * over at once, and the world has gone on without it.
 */

/** Longer than a sign-out of the user's own is waited for, and than any request to the table. Milliseconds. */
const FROZEN = 15_000;

const rig = shared(startRig);
const proxy = shared(() => startTableProxy(rig.azurite));
let frozen: FunctionsHost;
beforeAll(async () => {
  frozen = await rig.startHost({ env: { TOKEN_CACHE_STORAGE: proxy.connectionString } });
});

interface Visitor {
  readonly user: string;
  readonly browser: Browser;
  /** What a browser that is not signed in yet posts to the app. */
  readonly answer?: Record<string, string>;
}

/** What a visitor asks of an instance, and what is true of it whether it was done or not. */
const ACTS = {
  "sign-out": {
    honest: [303, 503],
    ask: (host: FunctionsHost, { browser }: Visitor) =>
      signOutByCookie(host, sessionCookieOf(rig, browser)),
  },
  "sign-out elsewhere": {
    honest: [200],
    ask: (host: FunctionsHost, { browser, user }: Visitor) =>
      callFrontChannel(host, sidOf(rig, browser, user)),
  },
  /** Needs a token that the sign-in did not bring. */
  refresh: {
    honest: [200, 401, 503],
    ask: ({ url }: FunctionsHost, { browser }: Visitor) =>
      fetch(`${url}/graph/me/messages`, { headers: { cookie: sessionCookieOf(rig, browser) } }),
  },
  "sign-in": {
    honest: [409, 503],
    ask: ({ url }: FunctionsHost, { browser, answer }: Visitor) =>
      fetch(`${url}/auth/callback`, {
        method: "POST",
        headers: { cookie: cookiesOf(rig, browser, true) },
        body: new URLSearchParams(answer),
        redirect: "manual",
      }),
  },
};
type Act = keyof typeof ACTS;

interface Case {
  /** What the instance is about when it freezes. */
  readonly act: Act;
  /** Where its write is at that moment. */
  readonly moment: Moment;
  /** What another instance does for the user meanwhile, and answers. */
  readonly meanwhile: Act;
  readonly answered: number;
}

const CASES: readonly Case[] = [
  { act: "sign-out", moment: "before commit", meanwhile: "refresh", answered: 200 },
  { act: "sign-out", moment: "after commit", meanwhile: "refresh", answered: 401 },
  { act: "refresh", moment: "before commit", meanwhile: "sign-out", answered: 303 },
  { act: "refresh", moment: "after commit", meanwhile: "sign-out", answered: 303 },
  { act: "sign-in", moment: "before commit", meanwhile: "sign-out elsewhere", answered: 200 },
  { act: "sign-in", moment: "after commit", meanwhile: "sign-out elsewhere", answered: 200 },
];

async function visitorOf({ act }: Case): Promise<Visitor> {
  const user = newUser(rig);
  if (act !== "sign-in") return { user, browser: await signedInBrowser(rig, user) };
  const { browser, form } = await answeredBrowser(rig, user);
  return { user, browser, answer: form.fields };
}

/** Holds up the first write about each visitor at its moment. @returns when all are there, and what lets them go on */
function holdWrites(visitors: readonly Visitor[]) {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const waiting = visitors.map(({ user }, i) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const partition = accountPartition(homeAccountIdOf(rig, user) as HomeAccountId);
    return { partition, moment: CASES[i]?.moment, promise, resolve };
  });
  proxy.admit = async ({ method, url, body }, moment) => {
    if (method === "GET") return true;
    const about = decodeURIComponent(url) + body;
    const held = waiting.find((one) => one.moment === moment && about.includes(one.partition));
    held?.resolve();
    if (held) await released;
    return true;
  };
  return { allThere: Promise.all(waiting.map(({ promise }) => promise)), release };
}

/** Whether any of the session cookies that the visitor was ever given works anywhere. */
async function isVisitorSignedIn({ browser, answer }: Visitor, last: Response): Promise<boolean> {
  const [given] = last.headers.getSetCookie().filter((line) => /^__Host-lightsout=./.test(line));
  const cookies = [...(answer ? [] : [sessionCookieOf(rig, browser)]), ...(given ? [given] : [])];
  const asked = cookies.flatMap((cookie) =>
    [frozen, rig.host].map((host) => isSignedIn(host, cookie.replace(/;.*/, ""))),
  );
  return (await Promise.all(asked)).includes(true);
}

it("an instance that was frozen in the middle says what is true, and brings nothing back", async () => {
  const visitors: Visitor[] = [];
  for (const one of CASES) visitors.push(await visitorOf(one));

  const { allThere, release } = holdWrites(visitors);
  const asked = visitors.map((visitor, i) => ACTS[(CASES[i] as Case).act].ask(frozen, visitor));
  await allThere;
  process.kill(frozen.pid, "SIGSTOP");
  try {
    const meanwhile = visitors.map((visitor, i) =>
      ACTS[(CASES[i] as Case).meanwhile].ask(rig.host, visitor),
    );
    const statuses = (await Promise.all(meanwhile)).map(({ status }) => status);
    expect(statuses).toEqual(CASES.map(({ answered }) => answered));
    await sleep(FROZEN);
  } finally {
    process.kill(frozen.pid, "SIGCONT");
    release();
  }

  const answers = await Promise.all(asked);
  for (const [i, { act }] of CASES.entries()) {
    const visitor = visitors[i] as Visitor;
    const answer = answers[i] as Response;
    expect(ACTS[act].honest).toContain(answer.status);
    // Whoever is told that a sign-out was not done can do it again.
    if (act === "sign-out" && answer.status === 503) {
      expect((await ACTS[act].ask(frozen, visitor)).status).toBe(303);
    }
    expect(await holdsTokens(rig, visitor.user)).toBe(false);
    expect(await isVisitorSignedIn(visitor, answer)).toBe(false);
  }
}, 90_000);
