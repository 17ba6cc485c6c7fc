import {
  type Answer,
  type Coroutine,
  launch,
  type Port,
  type Request,
  SILENCE,
} from "./coroutine.ts";
import type { Happening } from "./watch.ts";

/** A request that an actor waits for. */
export interface Slot {
  readonly request: Request;
  /** Of the actor's, in the run that has led here first. */
  readonly number: number;
  /** Its place among those of the fork. */
  readonly at: number;
  /** Tries before this one that got no answer. */
  readonly silences: number;
}

/** A place an actor can be in: at the requests it waits for, or at its end. Which one is decided by the answers so far. */
export interface Place {
  readonly id: number;
  /** Answers so far. */
  readonly depth: number;
  /** What it waits for; all of it at once. */
  readonly slots: readonly Slot[];
  /** What happened on the way from the place before. */
  readonly happenings: readonly Happening[];
  readonly from:
    | { readonly place: Place; readonly slot: Slot; readonly answer: Answer; readonly now: number }
    | undefined;
  /** Where it last did something: this place, unless the last answer has left it waiting for the others. */
  readonly fork: Place;
  /** The answers since the fork, by the place of their request. */
  readonly answers: ReadonlyMap<number, string>;
  /** From a fork: what follows from so many answers, in whatever order. */
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
  known(place: Place, slot: Slot, key: string): Place | undefined {
    return place.fork.next.get(keyOf(place, slot, key));
  }

  async learn(place: Place, slot: Slot, answer: Answer, key: string, now: number): Promise<Place> {
    const run = this.#runs.get(place) ?? (await this.#runTo(place));
    this.#runs.delete(place);
    run.happenings.length = 0;
    await run.coroutine.answer(slot.number, answer, now);
    const next = this.#placeOf(run, { place, slot, answer, now }, key);
    place.fork.next.set(keyOf(place, slot, key), next);
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
    for (const { place: at, slot, answer, now } of path) {
      assertSame(at, run);
      await run.coroutine.answer(slot.number, answer, now);
    }
    assertSame(place, run);
    return run;
  }

  #placeOf(run: Run, from: Place["from"], key = ""): Place {
    const slots = from && waitingStill(from, run);
    const place: Omit<Place, "fork"> & { fork?: Place } = {
      id: ++ids,
      depth: from ? from.place.depth + 1 : 0,
      slots: slots ?? newSlots(run, from?.place.slots),
      happenings: [...run.happenings],
      from,
      answers: slots && from ? answersAfter(from.place, from.slot, key) : new Map(),
      next: new Map(),
    };
    place.fork = slots && from ? from.place.fork : (place as Place);
    this.#runs.set(place as Place, run);
    return place as Place;
  }
}

/**
 * What it waits for when an answer made it do nothing, or send the same request again. Then the order of this answer
 * and the next one makes no difference.
 */
function waitingStill({ place, slot, answer }: NonNullable<Place["from"]>, run: Run) {
  const { requests } = run.coroutine;
  const others = place.slots.filter((other) => other !== slot);
  const sent = [...requests].filter(([number]) => !others.some((one) => one.number === number));
  if (run.happenings.length > 0 || requests.size !== others.length + sent.length) return undefined;
  const [again] = sent;
  if (again === undefined) return others.length > 0 && answer !== SILENCE ? others : undefined;
  if (answer !== SILENCE || sent.length > 1 || !isSame(slot.request, again[1])) return undefined;
  const tried = { ...slot, number: again[0], silences: slot.silences + 1 };
  return place.slots.map((one) => (one === slot ? tried : one));
}

function newSlots({ coroutine }: Run, before: readonly Slot[] = []): Slot[] {
  return [...coroutine.requests].map(([number, request], at) => {
    const known = before.find((slot) => slot.number === number);
    return { silences: 0, request, ...known, number, at };
  });
}

function answersAfter(place: Place, slot: Slot, key: string): Map<number, string> {
  return new Map(place.answers).set(slot.at, told(slot, key));
}

/**
 * `retrying` forgets how many tries an answer took, but for one thing: whether a refusal was the first try's.
 * Places that differ in nothing else are one place.
 */
function told({ silences }: Slot, key: string): string {
  if (key.startsWith(NO_ANSWER)) return NO_ANSWER.repeat(silences) + key;
  return silences > 0 && key.startsWith(REFUSED) ? `unsure ${key}` : key;
}

function keyOf(place: Place, slot: Slot, key: string): string {
  if (place.answers.size === 0) return `${slot.at},${told(slot, key)}`;
  const answers = answersAfter(place, slot, key);
  return [...answers].sort(([a], [b]) => a - b).join(" ");
}

function isSame(a: Request, b: Request): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function assertSame({ slots }: Place, { coroutine }: Run): void {
  const { requests } = coroutine;
  const same = slots.every(({ number, request }) => {
    const actual = requests.get(number);
    return actual !== undefined && isSame(request, actual);
  });
  if (same && slots.length === requests.size) return;
  throw new Error("The same answers led to different requests.");
}
