import {
  type Answer,
  type Coroutine,
  launch,
  type Port,
  type Request,
  SILENCE,
} from "./coroutine.ts";
import type { Happening } from "./watch.ts";

/** A place an actor can be in: at a request, or at its end. Which one is decided by the answers so far. */
export interface Place {
  readonly id: number;
  /** Answers so far. */
  readonly depth: number;
  readonly request: Request | undefined;
  /** What happened on the way from the place before. */
  readonly happenings: readonly Happening[];
  readonly from:
    | { readonly place: Place; readonly answer: Answer; readonly now: number }
    | undefined;
  /** Where the request was first tried; this place, unless it is tried again here. */
  readonly first: Place;
  readonly next: Map<string, Place>;
}

export type Program = (port: Port, report: (happening: Happening) => void) => Promise<void>;

interface Run {
  readonly coroutine: Coroutine;
  readonly happenings: Happening[];
}

/** How the keys of these two answers begin. */
export const NO_ANSWER = "!";
export const REFUSED = "0";

let ids = 0;

/**
 * Learns an actor by running it: the real code, once for every sequence of answers it can get. What has been
 * learned is then followed without running anything, which is what makes exhaustive exploration affordable.
 */
export class Automaton {
  readonly #program: Program;
  /** A run that stands at the place, for whoever goes on from there first. */
  readonly #runs = new WeakMap<Place, Run>();
  readonly #roots = new Map<number, Place>();

  constructor(program: Program) {
    this.#program = program;
  }

  async start(now: number): Promise<Place> {
    let root = this.#roots.get(now);
    if (root === undefined) {
      root = this.#placeOf(await this.#launch(now), undefined);
      this.#roots.set(now, root);
    }
    return root;
  }

  /** @param key Tells answers apart. @returns undefined when the answer has to be learned. */
  known(place: Place, key: string): Place | undefined {
    return holderOf(place, key).next.get(keyAfterTries(place, key));
  }

  async learn(place: Place, answer: Answer, key: string, now: number): Promise<Place> {
    const run = this.#runs.get(place) ?? (await this.#runTo(place));
    this.#runs.delete(place);
    run.happenings.length = 0;
    await run.coroutine.answer(answer, now);
    const next = this.#placeOf(run, { place, answer, now });
    holderOf(place, key).next.set(keyAfterTries(place, key), next);
    return next;
  }

  async #launch(now: number): Promise<Run> {
    const happenings: Happening[] = [];
    const coroutine = await launch(
      (port) => this.#program(port, (happening) => happenings.push(happening)),
      now,
    );
    return { coroutine, happenings };
  }

  async #runTo(place: Place): Promise<Run> {
    const path: NonNullable<Place["from"]>[] = [];
    for (let at = place; at.from !== undefined; at = at.from.place) path.unshift(at.from);
    const started = [...this.#roots].find(([, root]) => root === (path[0]?.place ?? place));
    if (started === undefined) throw new Error("A place of another actor.");
    const run = await this.#launch(started[0]);
    for (const { place: at, answer, now } of path) {
      assertSame(at.request, run.coroutine.request);
      await run.coroutine.answer(answer, now);
    }
    assertSame(place.request, run.coroutine.request);
    return run;
  }

  #placeOf(run: Run, from: Place["from"]): Place {
    const { request } = run.coroutine;
    const before = from?.place;
    const again = from?.answer === SILENCE && isSame(before?.request, request);
    const next: Omit<Place, "first"> & { first?: Place } = {
      id: ++ids,
      depth: before === undefined ? 0 : before.depth + 1,
      request,
      happenings: [...run.happenings],
      from,
      next: new Map(),
    };
    next.first = again && before ? before.first : (next as Place);
    this.#runs.set(next as Place, run);
    return next as Place;
  }
}

/**
 * `retrying` forgets how many tries an answer took, but for one thing: whether a refusal was the first try's.
 * Places that differ in nothing else are one place.
 */
function holderOf(place: Place, key: string): Place {
  return key.startsWith(NO_ANSWER) ? place : place.first;
}

function keyAfterTries(place: Place, key: string): string {
  return place.first !== place && key.startsWith(REFUSED) ? `unsure ${key}` : key;
}

function isSame(a: Request | undefined, b: Request | undefined): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

function assertSame(expected: Request | undefined, actual: Request | undefined): void {
  if (expected === actual || isSame(expected, actual)) return;
  throw new Error("The same answers led to different requests.");
}
