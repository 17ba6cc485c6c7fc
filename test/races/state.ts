import type { Entity, Stored } from "../../src/shared/table/table.ts";
import type { Place } from "./automaton.ts";
import type { Request } from "./coroutine.ts";
import type { Rows } from "./model.ts";
import { keyOf as keyOfWatch, type Watch } from "./watch.ts";

/** A request nobody waits for any more, and that the service may still carry out. */
export interface InFlight {
  readonly actor: number;
  readonly request: Request;
  readonly copy: boolean;
}

/** The rows, and how many versions each row ever had: a row that is made anew gets an ETag of its own. */
export interface Table {
  readonly id: number;
  readonly rows: Rows;
  readonly versions: ReadonlyMap<string, number>;
}

/** Everything at one moment of one run. */
export interface State {
  readonly table: Table;
  /** Where each actor is. Undefined when it was cut off. */
  readonly places: readonly (Place | undefined)[];
  readonly started: readonly boolean[];
  /** In order of their keys. */
  readonly inFlight: readonly InFlight[];
  /** How many requests went wrong. */
  readonly faults: number;
  readonly now: number;
  readonly watch: Watch;
}

/**
 * What can happen next. Lost before commit, lost after commit, delayed and repeated requests are all made of
 * these: a request that is not answered stays in flight and lands later, or never. An actor may wait for several
 * requests at once: `at` says for which of them.
 */
export type Step =
  /** The service carries a request out, and the actor gets the answer. */
  | { readonly kind: "answer"; readonly actor: number; readonly at: number }
  /** The actor stops waiting. The request stays in flight. */
  | { readonly kind: "silence"; readonly actor: number; readonly at: number }
  /** Something between here and the service sends the request twice: a copy of it stays in flight. */
  | { readonly kind: "copy"; readonly actor: number; readonly at: number }
  /** The service carries out a request in flight. */
  | { readonly kind: "land"; readonly index: number }
  /** Time passes. */
  | { readonly kind: "later" };

export function isWrite(request: Request | undefined): boolean {
  return request?.kind === "write" || request?.kind === "remove";
}

/** Tells what is different apart, whatever objects it is made of. For one simulation. */
export class Identities {
  readonly #numbers = new Map<string, number>();
  readonly #known = new WeakMap<object, number>();
  readonly #rows = new Map<string, Stored>();
  readonly #tables = new Map<string, Table>();

  /** The same for everything that is written the same. */
  of(object: object): number {
    let number = this.#known.get(object);
    if (number === undefined) {
      number = this.#number(JSON.stringify(object));
      this.#known.set(object, number);
    }
    return number;
  }

  /** Equal contents in the same version are one object. */
  stored(entity: Entity, version: number): Stored {
    const key = `${this.of(entity)}v${version}`;
    const stored = this.#rows.get(key) ?? { ...entity, etag: `v${version}` };
    this.#rows.set(key, stored);
    return stored;
  }

  /** Equal tables are one object. */
  table(rows: Rows, versions: Table["versions"]): Table {
    const parts = Array.from(rows.values(), (row) => `${this.of(row)}`);
    for (const [row, version] of versions) if (!rows.has(row)) parts.push(`${row}#${version}`);
    const key = parts.sort().join();
    const table = this.#tables.get(key) ?? { id: this.#tables.size, rows, versions };
    this.#tables.set(key, table);
    return table;
  }

  flight({ request, copy }: InFlight): string {
    return `${this.of(request)}${copy ? "'" : ";"}`;
  }

  /** Equal for states that have the same futures. */
  state({ table, places, inFlight, faults, now, watch }: State): string {
    let key = "";
    for (const place of places) key += `${place?.id ?? "-"},`;
    key += `|${faults}|${now}|`;
    for (const flight of inFlight) key += this.flight(flight);
    return `${key}|${table.id}|${this.#watch(watch)}`;
  }

  #watch(watch: Watch): number {
    let number = this.#known.get(watch);
    if (number === undefined) {
      number = this.#number(keyOfWatch(watch));
      this.#known.set(watch, number);
    }
    return number;
  }

  #number(text: string): number {
    const number = this.#numbers.get(text) ?? this.#numbers.size;
    this.#numbers.set(text, number);
    return number;
  }
}
