import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { startAzurite } from "../../local/azurite/azurite.ts";
import { ROOT } from "../../local/root.ts";
import type { Hosted } from "../contestants/hosted.ts";
import { inTurn } from "../lib/inTurn.ts";
import type { Call } from "../lib/load.ts";
import { bundleProduct } from "../world/bundles.ts";
import { startWorld, type World } from "../world/world.ts";
import { EARLIER, earlierTree } from "./earlier.ts";

const CALLERS = 32;

export const REVISIONS = ["before", "now"] as const;
export type Revision = (typeof REVISIONS)[number];

/** One revision under its own local host, with signed-in users. */
export interface Running {
  readonly revision: Revision;
  /** A signed-in Graph call of one of them. */
  readonly call: Call;
  readonly vitals: Hosted["vitals"];
  stop(): Promise<void>;
}

export interface SideBySide {
  readonly running: readonly Running[];
  /** The same in another order every round. */
  inTurn(round: number): Running[];
  stop(): Promise<void>;
}

/** The earlier revision and today's at once, with one provider and one Graph. */
export async function startSideBySide(): Promise<SideBySide> {
  await bundleProduct();
  const roots = { before: await earlierTree(EARLIER), now: ROOT };
  const world = await startWorld();
  const running: Running[] = [];
  async function stop() {
    for (const one of running) await one.stop();
    await world.stop();
  }
  try {
    for (const revision of REVISIONS) {
      running.push(await startRevision(revision, roots[revision], world));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { running, inTurn: (round) => inTurn(running, round), stop };
}

/** Signs users in to one revision and hosts it, with the modules of that revision's own benchmarks. Both name them alike. */
async function startRevision(
  revision: Revision,
  root: string,
  { env, tenantId, authority }: World,
): Promise<Running> {
  const own = <Module>(path: string): Promise<Module> =>
    import(new URL(`bench/${path}`, pathToFileURL(`${root}/`)).href);
  const { composeApp } = await own<typeof import("../world/app.ts")>("world/app.ts");
  const { signIn } = await own<typeof import("../world/accounts.ts")>("world/accounts.ts");
  const { msalCache } = await own<typeof import("../world/tokens.ts")>("world/tokens.ts");
  const { startHosted } =
    await own<typeof import("../contestants/hosted.ts")>("contestants/hosted.ts");

  // Rows of both in one table would be searched by both.
  const azurite = await startAzurite();
  const ownEnv = { ...env, TOKEN_CACHE_STORAGE: azurite.connectionString };
  const app = composeApp(ownEnv);
  const model = await msalCache(tenantId, authority, 1);
  const cookies: string[] = [];
  for (let user = 0; user < CALLERS; user++) {
    cookies.push((await signIn(app, tenantId, model, user)).cookie);
  }
  // The hosts are TypeScript. The first start fills the cache, so that the second holds no compiler in memory.
  const NODE_COMPILE_CACHE = await mkdtemp(join(tmpdir(), "lightsout-cache-"));
  const start = () => startHosted({ ...ownEnv, NODE_COMPILE_CACHE });
  await (await start()).stop();
  const { sender, vitals, stop } = await start();
  return {
    revision,
    async call(number) {
      const headers = { cookie: cookies[number % CALLERS] as string };
      const { status } = await sender.send("/graph/me", { headers });
      if (status !== 200) throw new Error(`The revision "${revision}" answered ${status}.`);
    },
    vitals,
    async stop() {
      await stop();
      await azurite.stop();
      await rm(NODE_COMPILE_CACHE, { recursive: true });
    },
  };
}
