import { Agent } from "node:http";
import fc from "fast-check";
import type { Rig } from "../../local/rig.ts";
import { type Browser, createBrowser } from "../../local/tenant/browserless.ts";
import { type Loopback, startLoopback } from "../support/loopback.ts";
import { type RawAnswer, type RawRequest, sendRaw } from "../support/raw.ts";
import { ADELE, ALEX, sessionCookieOf, signedInBrowser } from "../support/user.ts";
import { type Borrowed, MARK, requests } from "./requests.ts";

/** Milliseconds after which an answer is not coming any more. */
const HANGING = 20_000;
const BATCH = 500;
const AT_ONCE = 16;
/** What people do meanwhile must go on working. */
const PEOPLE = [ADELE, ALEX];

interface FuzzOptions {
  readonly rig: Rig;
  readonly runs: number;
  /** The same seed makes the same requests, but for what they borrow of real sessions. */
  readonly seed: number;
  readonly onAnswer?: () => void;
}

interface FuzzResult {
  /** How many answers had which status. */
  readonly statuses: ReadonlyMap<number, number>;
  /** What was wrong with an answer, and the request it was to. */
  readonly failures: readonly { readonly wrong: string; readonly request: RawRequest }[];
}

/** Stands for Graph: whatever it is asked, its answer repeats nothing of it. */
export function startQuietGraph(): Promise<Loopback> {
  return startLoopback(() => ({ body: { value: [] } }));
}

/** Sends generated requests, {@link AT_ONCE} at a time, and looks at every answer. */
export async function fuzz({ rig, runs, seed, onAnswer }: FuzzOptions): Promise<FuzzResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const statuses = new Map<number, number>();
  const failures: { wrong: string; request: RawRequest }[] = [];
  const browsers = PEOPLE.map(() => createBrowser());

  for (let start = 0; start < runs; start += BATCH) {
    const borrowed = await borrow(rig, browsers);
    const numRuns = Math.min(BATCH, runs - start);
    const batch = fc.sample(requests(borrowed), { numRuns, seed: seed + start });
    const next = batch.values();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const request of next) {
          const { status, wrong } = await tryOne(rig, { ...request, agent });
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          if (wrong !== undefined) failures.push({ wrong, request });
          onAnswer?.();
        }
      }),
    );
  }
  agent.destroy();
  return { statuses, failures };
}

/** Signs people in anew: the requests sign them out all the time. */
async function borrow(rig: Rig, browsers: readonly Browser[]): Promise<Borrowed> {
  const sessions: string[] = [];
  for (const [i, browser] of browsers.entries()) {
    await signedInBrowser(rig, PEOPLE[i], browser);
    sessions.push(sessionCookieOf(rig, browser));
  }
  const pending = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const browser = createBrowser();
      const { fields } = await browser.signIn(`${rig.url}/auth/signin`, ADELE);
      const cookie = browser.cookies.header(new URL(rig.url), {
        crossSite: true,
        safeNavigation: false,
      });
      return { cookie, state: fields.state ?? "" };
    }),
  );
  return { sessions, pending, functionKey: rig.host.keys.default, origin: rig.url };
}

async function tryOne(rig: Rig, request: RawRequest, again = true) {
  try {
    const answer = await sendRaw(rig, { ...request, signal: AbortSignal.timeout(HANGING) });
    return { status: answer.status, wrong: wrongWith(rig, answer) };
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException;
    // A connection that was kept may have been closed just now.
    if (again && code === "ECONNRESET") return tryOne(rig, request, false);
    return { status: 0, wrong: name === "AbortError" ? "no answer" : `${code ?? error}` };
  }
}

function wrongWith({ url, tenant }: Rig, { status, headers, body }: RawAnswer): string | undefined {
  if (status >= 500) return `a ${status}`;
  const { location, ...others } = headers;
  if (body.includes(MARK)) return "a reflected value in the body";
  if (JSON.stringify(others).includes(MARK)) return "a reflected value in a header";
  if (location === undefined) return undefined;
  // Parameters for the provider, or the way back to a page of ours; never another place to go.
  const { origin, pathname, username } = new URL(location);
  if ((origin !== url && origin !== tenant.url) || username) return "a redirect to somewhere else";
  return pathname.includes(MARK) ? "a redirect to a path that was sent" : undefined;
}
