import { describe, expect, it } from "@jest/globals";
import { itLeaksNothing } from "../support/attack.ts";
import { startWatchedRig } from "../support/secrets.ts";
import { shared } from "../support/shared.ts";
import { sessionOf, signedInBrowser } from "../support/user.ts";
import { fuzz, startQuietGraph } from "./fuzz.ts";
import { MARK } from "./requests.ts";

const RUNS = 3_000;
const SEED = 4;

const graph = shared(startQuietGraph);
const rig = shared(() => startWatchedRig({ env: { GRAPH_BASE_URL: `${graph.url}/v1.0` } }));

describe(`${RUNS} generated requests to all routes`, () => {
  it("get an answer each, never a 5xx, and nothing of theirs back", async () => {
    const { statuses, failures } = await fuzz({ rig, runs: RUNS, seed: SEED });
    expect(failures.slice(0, 3)).toEqual([]);
    // They get everywhere: past the guards, and into each of them.
    for (const status of [200, 302, 303, 400, 401, 403, 404]) {
      expect([status, (statuses.get(status) ?? 0) > 0]).toEqual([status, true]);
    }
  }, 120_000);

  it("leave nothing of theirs in the log, and people at work", async () => {
    const own = rig.logs.filter(({ category }) => category === "user");
    expect(own.map(({ message }) => message).join()).not.toContain(MARK);
    const browser = await signedInBrowser(rig);
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: true });
  });
});

itLeaksNothing(() => rig);
