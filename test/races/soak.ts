import { setTimeout as sleep } from "node:timers/promises";
import { percentile } from "../../bench/lib/stats.ts";
import { readAccountRows } from "../support/table.ts";
import { type SoakPlace, startSoakPlace } from "./soakPlace.ts";
import { type Visited, visit, WAYS, type Way } from "./soakVisits.ts";

/*
 * Users come and go for a while, and everything that the app talks to fails now and then: table, provider, Graph.
 */

const VISITORS = 16;
/** The first one warms up; the others are three thirds. */
export const SEGMENTS = 19;

/** What the app's process uses after a stretch of time. */
interface Segment {
  /** Bytes, after a full collection. */
  readonly heap: number;
  readonly openFiles: number;
  /** Of the event loop. Milliseconds. */
  readonly longestStall: number;
}

interface Soaked {
  readonly visits: readonly Visited[];
  /** Requests that something became of. */
  readonly faults: number;
  readonly violations: readonly string[];
  readonly firstThird: Segment;
  readonly lastThird: Segment;
}

export async function soak(seconds: number, seed: number, onSegment = () => {}): Promise<Soaked> {
  const place = await startSoakPlace(seed);
  try {
    const visits: Visited[] = [];
    let isOver = false;
    const visitor = async (number: number) => {
      for (let round = number; !isOver; round++) {
        visits.push(await visit(place, WAYS[round % WAYS.length] as Way));
      }
    };
    const visitors = Promise.all(Array.from({ length: VISITORS }, (_, number) => visitor(number)));
    const segments: Segment[] = [];
    for (let segment = 0; segment < SEGMENTS; segment++) {
      segments.push(
        await measure(place, Promise.race([visitors, sleep((seconds * 1_000) / SEGMENTS)])),
      );
      onSegment();
    }
    isOver = true;
    await visitors;
    for (const proxy of place.proxies) await proxy.settled();
    const late = (await readAccountRows(place.rig.azurite)).map(() => "Tokens came back later.");
    const [, ...warm] = segments;
    const third = warm.length / 3;
    return {
      visits,
      faults: sum(place.proxies.flatMap(({ counts }) => Object.values(counts))),
      violations: [...visits.flatMap(({ violations }) => violations), ...late],
      firstThird: median(warm.slice(0, third)),
      lastThird: median(warm.slice(-third)),
    };
  } finally {
    await place.stop();
  }
}

async function measure({ vitals }: SoakPlace, time: Promise<unknown>): Promise<Segment> {
  await vitals("reset");
  await time;
  const { openFiles, longestStall } = await vitals();
  const { heapUsed: heap } = await vitals("gc");
  return { heap, openFiles, longestStall };
}

function median(segments: readonly Segment[]): Segment {
  const of = (name: keyof Segment) =>
    percentile(
      segments.map((one) => one[name]),
      0.5,
    );
  return { heap: of("heap"), openFiles: of("openFiles"), longestStall: of("longestStall") };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
