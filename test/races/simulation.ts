import type { Keyring } from "../../src/shared/crypto/keyring.ts";
import type { HeldSession } from "../../src/shared/store/segments.ts";
import { retrying } from "../../src/shared/table/retrying.ts";
import { Automaton, NO_ANSWER, type Place, REFUSED, type Slot } from "./automaton.ts";
import { type Answer, type Request, SILENCE } from "./coroutine.ts";
import { checkFrozen } from "./frozen.ts";
import {
  checkBound,
  checkConfirmed,
  checkEnded,
  checkKept,
  checkOutcomes,
  checkSignedOut,
  checkStructure,
  heldIn,
  type Violation,
} from "./invariants.ts";
import { keyOf, modelRequests, page, type Rows, read, remove, write } from "./model.ts";
import { perform } from "./ops.ts";
import {
  deterministicBytes,
  HOUR,
  MINUTE,
  opsOf,
  pastOf,
  plainKeyring,
  programOf,
  type Scenario,
  storeOf,
  TRIES,
  type Weakness,
} from "./scenario.ts";
import { Identities, type InFlight, isWrite, type State, type Step, type Table } from "./state.ts";
import { type Happening, note, nothingYet, type Watch, type Watching, watching } from "./watch.ts";

/**
 * Sign-ins and sign-outs can get into each other's way again and again, and each time they do the same as
 * before. An actor that has sent this many requests is left where it is: it has been through all it does
 * twice by then.
 */
export const HORIZON = 18;
/** How far `npm test` goes through a scenario. */
export const testHorizon = ({ shorter = 4 }: Scenario) => HORIZON - shorter;
/** For every further op of the actor. */
const FURTHER = 10;
/** On the provider's page, with clocks that differ. */
const LONGEST_STAY = 25 * MINUTE;
/** Rows of one page: so few that things happen between two of them. */
const PAGE = 2;

export interface Variant {
  readonly keyring?: Keyring;
  readonly weakness?: Weakness;
  readonly horizon?: number;
}

interface Answered {
  readonly answer: Answer;
  /** Tells answers apart. */
  readonly key: string;
  /** As it is then. */
  readonly table: Table;
}

/** A scenario that can be taken from any state to any next one. */
export class Simulation {
  readonly scenario: Scenario;
  readonly watching: Watching;
  readonly #keyring: Keyring;
  readonly #weakness: Weakness | undefined;
  /** Of each actor. */
  readonly #horizons: readonly number[];
  readonly #actors: Automaton[] = [];
  /** Whether nobody removes what leads to accounts. */
  readonly #isUnpurged: boolean;
  readonly #identities = new Identities();
  readonly #effects = new WeakMap<Table, Map<Request, Table | undefined>>();
  readonly #frozen = new Map<Table, Violation | undefined>();

  constructor(scenario: Scenario, variant: Variant = {}) {
    const { keyring = plainKeyring, weakness, horizon = HORIZON } = variant;
    this.scenario = scenario;
    this.watching = watching(opsOf(scenario));
    this.#isUnpurged = !scenario.actors.flat().some((op) => op.do === "purge");
    this.#keyring = keyring;
    this.#weakness = weakness;
    this.#horizons = scenario.actors.map((ops) => {
      const [, ...further] = ops.filter((op) => !("beside" in op));
      return horizon + further.length * FURTHER + (scenario.longer ?? 0);
    });
  }

  async start(): Promise<State> {
    const { before = [], actors, now } = this.scenario;
    const requests = modelRequests(PAGE);
    const refs = new Map<string, HeldSession>();
    let watch = nothingYet(this.watching);
    for (const { at, op } of before) {
      const table = retrying(requests, { delays: [], maxDelay: 0, sleep: async () => {} });
      const store = storeOf(table, this.#keyring, () => at, deterministicBytes(op.id));
      watch = this.#note(watch, { op: op.id, what: "called" }, requests.rows, at);
      const result = await perform(op, pastOf(store, refs), () => {});
      watch = this.#note(watch, { op: op.id, what: "ended", result }, requests.rows, at);
    }
    for (const ops of actors) {
      this.#actors.push(new Automaton(programOf(ops, refs, this.#keyring, this.#weakness)));
    }
    return {
      table: this.#identities.table(requests.rows, new Map()),
      places: await Promise.all(this.#actors.map((actor) => actor.start(now))),
      started: actors.map(() => false),
      inFlight: [],
      faults: 0,
      now,
      watch,
    };
  }

  /** Equal for states that have the same futures. */
  keyOf(state: State): string {
    return this.#identities.state(state);
  }

  /** What goes well, and then what goes wrong. */
  steps(state: State): { well: Step[]; wrong: Step[] } {
    const { later, faults } = this.scenario;
    const well: Step[] = [];
    const wrong: Step[] = [];
    for (const [actor, place] of state.places.entries()) {
      if (place === undefined || place.depth >= (this.#horizons[actor] ?? 0)) continue;
      const waits = place.slots.some(({ request }) => !isFiling(request));
      for (const [at, { request }] of place.slots.entries()) {
        if (waits && isFiling(request)) continue;
        well.push({ kind: "answer", actor, at });
        if (state.faults < faults) wrong.push(...this.#faultsOf(state, actor, at, request));
      }
    }
    for (const [index, { actor, request, copy }] of state.inFlight.entries()) {
      // The answer an actor gets is the first one's.
      const ahead = copy && state.places[actor]?.slots.some((slot) => slot.request === request);
      if (!ahead) well.push({ kind: "land", index });
    }
    if (later !== undefined && state.now < later) well.push({ kind: "later" });
    return { well, wrong };
  }

  #faultsOf(state: State, actor: number, at: number, request: Request): Step[] {
    const silence = { kind: "silence", actor, at } as const;
    if (request.kind === "token" || request.kind === "user") return [];
    if (!isWrite(request)) return this.scenario.faultyReads ? [silence] : [];
    const copied = state.inFlight.some((flight) => flight.copy && flight.request === request);
    return copied ? [silence] : [silence, { kind: "copy", actor, at }];
  }

  async take(before: State, step: Step): Promise<State> {
    const state = "actor" in step ? this.#called(before, step.actor) : before;
    switch (step.kind) {
      case "answer":
        return this.#withoutDead(await this.#answer(state, step.actor, step.at));
      case "silence": {
        const { actor, at } = step;
        const slot = slotOf(state, actor, at);
        const answered = { answer: SILENCE, key: NO_ANSWER, table: state.table } as const;
        const next = await this.#moveOn(state, actor, slot, answered);
        return this.#withLeft({ ...next, faults: state.faults + 1 }, leftOf(actor, slot));
      }
      case "copy": {
        const left = leftOf(step.actor, slotOf(state, step.actor, step.at), true);
        return this.#withLeft({ ...state, faults: state.faults + 1 }, left);
      }
      case "land": {
        const flight = state.inFlight[step.index];
        if (flight === undefined) throw new Error("Nothing in flight there.");
        const table = this.#carryOut(state.table, flight.request) ?? state.table;
        const inFlight = state.inFlight.toSpliced(step.index, 1);
        return this.#withoutDead({ ...state, table, inFlight });
      }
      case "later":
        return await this.#later(state);
    }
  }

  /** @returns what is wrong with a state. @param before What was known in the state before it. */
  async check(state: State, before: Watch): Promise<Violation | undefined> {
    const { rows } = state.table;
    const held = heldIn(rows, this.#keyring);
    return (
      checkStructure(rows, held) ??
      checkSignedOut(this.watching, state.watch, before, held) ??
      checkConfirmed(this.watching, state.watch, held) ??
      checkBound(this.watching, state.watch, held, state.now) ??
      checkEnded(this.watching, state.watch, held) ??
      checkKept(this.watching, state.watch, held, state.now) ??
      checkOutcomes(this.watching, state.watch, state.faults, TRIES) ??
      (await this.#checkFrozen(state.table))
    );
  }

  async #checkFrozen(table: Table): Promise<Violation | undefined> {
    if (!this.#frozen.has(table)) {
      this.#frozen.set(table, await checkFrozen(table.rows, this.watching.ops, this.#keyring));
    }
    return this.#frozen.get(table);
  }

  async #answer(state: State, actor: number, at: number): Promise<State> {
    const slot = slotOf(state, actor, at);
    return await this.#moveOn(state, actor, slot, this.answerTo(state.table, slot.request));
  }

  /** What the service answers at this moment. */
  answerTo(table: Table, request: Request): Answered {
    const { rows } = table;
    switch (request.kind) {
      case "get": {
        const answer = read(rows, request.partitionKey, request.rowKey);
        return { answer, key: answer ? `${this.#identities.of(answer)}` : "-", table };
      }
      case "page": {
        const answer = page(
          rows,
          request.from,
          request.to,
          request.start,
          this.scenario.page ?? PAGE,
        );
        const key = answer.entities.map((row) => this.#identities.of(row)).join();
        return { answer, key: `${key} ${answer.next ?? ""}`, table };
      }
      case "token":
      case "user":
        return { answer: true, key: request.kind, table };
      case "write":
      case "remove": {
        const changed = this.#carryOut(table, request);
        if (changed === undefined) return { answer: false, key: REFUSED, table };
        return { answer: true, key: "done", table: changed };
      }
    }
  }

  async #moveOn(
    state: State,
    actor: number,
    slot: Slot,
    { answer, key: told, table }: Answered,
  ): Promise<State> {
    const automaton = this.#actors[actor] as Automaton;
    const place = placeOf(state, actor);
    const key = `${told}@${state.now}`;
    const next =
      automaton.known(place, slot, key) ??
      (await automaton.learn(place, slot, answer, key, state.now));
    let { watch } = state;
    for (const one of next.happenings) watch = this.#note(watch, one, table.rows, state.now);
    return { ...state, table, places: state.places.with(actor, next), watch };
  }

  /** An actor is called when its first request is served, and not before: nothing happens in between. */
  #called(state: State, actor: number): State {
    if (state.started[actor]) return state;
    let { watch } = state;
    for (const one of placeOf(state, actor).happenings) {
      watch = this.#note(watch, one, state.table.rows, state.now);
    }
    return { ...state, started: state.started.with(actor, true), watch };
  }

  /** Whoever had started is cut off, wherever it was; its request may land, but not after an hour. */
  async #later(state: State): Promise<State> {
    const { later = 0, now } = this.scenario;
    const isCutOff = ({ slots }: Place) =>
      slots.some(
        ({ request }) => later - now > (request.kind === "user" ? LONGEST_STAY : 2 * MINUTE),
      );
    const left = state.places.flatMap((place, actor) =>
      place && state.started[actor] && isCutOff(place)
        ? place.slots.flatMap((slot) => leftOf(actor, slot))
        : [],
    );
    const places = await Promise.all(
      state.places.map(async (place, actor) => {
        if (!state.started[actor]) return await (this.#actors[actor] as Automaton).start(later);
        return place && isCutOff(place) ? undefined : place;
      }),
    );
    const next = this.#withLeft({ ...state, now: later, places }, left);
    return later - now > HOUR ? { ...next, inFlight: [] } : next;
  }

  #note(watch: Watch, happening: Happening, rows: Rows, time: number): Watch {
    const sessions = () => new Set(heldIn(rows, this.#keyring).flatMap((held) => held.sessions));
    return note(this.watching, watch, happening, sessions, time);
  }

  /** @returns undefined when its condition does not hold. */
  #carryOut(table: Table, request: Request): Table | undefined {
    let known = this.#effects.get(table);
    if (known === undefined) {
      known = new Map();
      this.#effects.set(table, known);
    }
    if (!known.has(request)) known.set(request, this.#effectOf(table, request));
    return known.get(request);
  }

  #effectOf(table: Table, request: Request): Table | undefined {
    if (request.kind === "remove") {
      const rows = remove(table.rows, request.partitionKey, request.rowKey, request.etag);
      return rows && this.#identities.table(rows, table.versions);
    }
    if (request.kind !== "write") throw new Error("Not a write.");
    const versions = new Map(table.versions);
    const rows = write(table.rows, request.writes, (entity) => {
      const key = keyOf(entity.partitionKey, entity.rowKey);
      const version = (table.versions.get(key) ?? 0) + 1;
      versions.set(key, version);
      return this.#identities.stored(entity, version);
    });
    return rows && this.#identities.table(rows, versions);
  }

  #withLeft(state: State, left: readonly InFlight[]): State {
    const inFlight = [...state.inFlight, ...left].sort((a, b) =>
      this.#identities.flight(a) < this.#identities.flight(b) ? -1 : 1,
    );
    return this.#withoutDead({ ...state, inFlight });
  }

  /** What is in flight on a condition that will never hold again cannot change anything. */
  #withoutDead(state: State): State {
    const { rows } = state.table;
    const alive = state.inFlight.filter(
      ({ request }) =>
        mayHaveEffect(rows, request) && !(this.#isUnpurged && isThere(rows, request)),
    );
    return alive.length === state.inFlight.length ? state : { ...state, inFlight: alive };
  }
}

function placeOf({ places }: State, actor: number): Place {
  const place = places[actor];
  if (place === undefined) throw new Error("That actor is gone.");
  return place;
}

/**
 * What nobody reads before it is over comes last of what an actor waits for: the order makes a difference only to who
 * is cut off meanwhile, and then it is worse when this is what is missing.
 */
function isFiling(request: Request): boolean {
  if (request.kind !== "write") return false;
  return request.writes.every(({ entity }) => entity.partitionKey.startsWith("x."));
}

function slotOf(state: State, actor: number, at: number): Slot {
  const slot = placeOf(state, actor).slots[at];
  if (slot === undefined) throw new Error("That actor does not wait for so much.");
  return slot;
}

/** The request of an actor that does not wait for it any more. */
function leftOf(actor: number, { request }: Slot, copy = false): InFlight[] {
  return isWrite(request) ? [{ actor, request, copy }] : [];
}

/** Whether it inserts what is there already, and only a purge removes. */
function isThere(rows: Rows, request: Request): boolean {
  if (request.kind !== "write") return false;
  return request.writes.some(({ kind, entity: { partitionKey, rowKey, taker } }) => {
    if (kind !== "insert" || taker !== undefined || !/^[sutx]\./.test(partitionKey)) return false;
    return read(rows, partitionKey, rowKey) !== undefined;
  });
}

/** ETags never come back. */
function mayHaveEffect(rows: Rows, request: Request): boolean {
  const isCurrent = (partitionKey: string, rowKey: string, etag: string) =>
    etag === "*" || read(rows, partitionKey, rowKey)?.etag === etag;
  if (request.kind === "remove") {
    return isCurrent(request.partitionKey, request.rowKey, request.etag);
  }
  if (request.kind !== "write") return false;
  return request.writes.every(
    (one) =>
      one.kind !== "replace" || isCurrent(one.entity.partitionKey, one.entity.rowKey, one.etag),
  );
}
