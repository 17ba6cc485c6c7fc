import type { Op, OpOf, Result } from "./ops.ts";

/** Something that is worth noting about an op. */
export type Happening =
  | { readonly op: string; readonly what: "called" }
  /** The token endpoint answered it. */
  | { readonly op: string; readonly what: "token" }
  | { readonly op: string; readonly what: "ended"; readonly result: Result };

export interface Progress {
  readonly called: boolean;
  readonly result: Result | undefined;
  /** The ops that had ended with success when it was called, or when the token endpoint answered it: a bit for each. */
  readonly after: number;
  /** Of a sign-out: the sign-ins that have to be gone once it has answered. A bit for each. */
  readonly victims: number;
  /** The clock's position when it was called and when it ended. */
  readonly calledAt: number;
  readonly endedAt: number;
}

/** What happened so far, as far as the invariants depend on it. */
export type Watch = readonly Progress[];

const IDLE: Progress = {
  called: false,
  result: undefined,
  after: 0,
  victims: 0,
  calledAt: 0,
  endedAt: 0,
};

export interface Watching {
  readonly ops: readonly Op[];
  readonly indexOf: ReadonlyMap<string, number>;
}

export function watching(ops: readonly Op[]): Watching {
  if (ops.length > 30) throw new Error("More ops than bits.");
  return { ops, indexOf: new Map(ops.map(({ id }, index) => [id, index])) };
}

export function nothingYet({ ops }: Watching): Watch {
  return ops.map(() => IDLE);
}

/** @param sessions The sign-ins whose sessions are stored at this moment. */
export function note(
  { ops, indexOf }: Watching,
  watch: Watch,
  happening: Happening,
  sessions: () => ReadonlySet<string>,
  time: number,
): Watch {
  const index = indexOf.get(happening.op);
  const op = index === undefined ? undefined : ops[index];
  const before = index === undefined ? undefined : watch[index];
  if (index === undefined || op === undefined || before === undefined) {
    throw new Error(`No op is called ${happening.op}.`);
  }
  let progress: Progress;
  if (happening.what === "called") {
    const victims = victimsOf(op, ops, watch, sessions());
    progress = { ...before, called: true, after: succeeded(watch), victims, calledAt: time };
  } else if (happening.what === "token") {
    progress = { ...before, after: succeeded(watch) };
  } else {
    progress = { ...before, result: happening.result, endedAt: time };
  }
  return watch.with(index, progress);
}

/** Tells watches apart. */
export function keyOf(watch: Watch): string {
  let key = "";
  for (const { called, result, after, victims, calledAt, endedAt } of watch) {
    const ref = result?.kind === "done" ? (result.ref?.generation ?? "") : "";
    key += called
      ? `${result?.kind[0] ?? "-"}${ref}.${after}.${victims}.${calledAt}${endedAt},`
      : ",";
  }
  return key;
}

export function bit(index: number): number {
  return 1 << index;
}

function succeeded(watch: Watch): number {
  return watch.reduce((bits, { result }, i) => (result?.kind === "done" ? bits | bit(i) : bits), 0);
}

/**
 * The sign-ins a sign-out has to undo: those it names and, if one of these is stored when it is called, all
 * others of the account. A sign-in that is still running counts once its tokens are stored, answer or not.
 */
function victimsOf(op: Op, ops: readonly Op[], watch: Watch, stored: ReadonlySet<string>): number {
  const there = ops
    .map((other, index) => ({ other, index }))
    .filter((one): one is { other: OpOf<"signIn">; index: number } => one.other.do === "signIn")
    .filter(({ other, index }) => watch[index]?.result !== undefined || stored.has(other.id));
  const named = there.filter(({ other }) => isNamedBy(other, op));
  const accounts = new Set(
    named.filter(({ other }) => stored.has(other.id)).map(({ other }) => other.account),
  );
  return there
    .filter((one) => named.includes(one) || accounts.has(one.other.account))
    .reduce((bits, { index }) => bits | bit(index), 0);
}

export function isNamedBy(signIn: OpOf<"signIn">, op: Op): boolean {
  switch (op.do) {
    case "here":
      return op.of === signIn.id;
    case "front":
      return signIn.sids.includes(op.sid);
    case "back":
      return signIn.subject === op.subject;
    case "admin":
      return op.account === signIn.account;
    default:
      return false;
  }
}
