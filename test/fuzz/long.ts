import { parseArgs } from "node:util";
import { startRig } from "../../local/rig.ts";
import { createProgress } from "../races/progress.ts";
import { sendRaw } from "../support/raw.ts";
import { readTable } from "../support/table.ts";
import { sessionOf, signedInBrowser } from "../support/user.ts";
import { fuzz, startQuietGraph } from "./fuzz.ts";

/*
 * node test/fuzz/long.ts --runs 100000 --seed 1 --sids 10000
 *
 * The long run of the fuzz tests, and then as many front-channel calls with made-up sids. The app has to be
 * built. Ends with 1 when an answer was wrong.
 */

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    sids: { type: "string", default: "10000" },
  },
});
const [runs, seed, sids] = [values.runs, values.seed, values.sids].map(Number) as [
  number,
  number,
  number,
];

const graph = await startQuietGraph();
const rig = await startRig({ env: { GRAPH_BASE_URL: `${graph.url}/v1.0` } });
try {
  const progress = createProgress(`${runs} requests, seed ${seed}`, runs);
  const { statuses, failures } = await fuzz({
    rig,
    runs,
    seed,
    onAnswer: () => progress.advance(1),
  });
  progress.end();
  console.log(`${failures.length} wrong`);
  console.table(Object.fromEntries([...statuses].sort(([a], [b]) => a - b)));
  for (const failure of failures.slice(0, 10)) console.error(JSON.stringify(failure, undefined, 2));

  const { locked, rows } = await flood(sids);
  console.log(`${rows} rows more in the table, ${locked} sign-outs in vain`);
  if (failures.length > 0 || locked > 0 || rows > 256) process.exitCode = 1;
} finally {
  await rig.stop();
  await graph.stop();
}

/** Front-channel calls with sids that nobody has; at the end people are signed in, and can sign out. */
async function flood(count: number) {
  const browser = await signedInBrowser(rig);
  const before = (await readTable(rig.azurite)).length;
  const progress = createProgress(`${count} made-up sids`, count);
  let locked = 0;
  for (let done = 0; done < count; done += 20) {
    const calls = Array.from({ length: 20 }, () =>
      sendRaw(rig, `/auth/logout-callback?sid=${crypto.randomUUID()}`),
    );
    for (const { status } of await Promise.all(calls)) if (status !== 200) locked++;
    progress.advance(20);
  }
  progress.end();
  const rows = (await readTable(rig.azurite)).length - before;
  if (!(await sessionOf(rig, browser)).signedIn) locked++;
  return { locked, rows };
}
