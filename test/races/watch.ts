import { CLOCKS_APART_MS } from "../../src/shared/store/tombstones.ts";
import type { Op, OpOf, Result } from "./ops.ts";

/** Something that is worth noting about an op. */
export type Happening =
  | { readonly op: string; readonly what: "called" }
  /** A sign-in has been started, or the token endpoint has answered a refresh. */
  | { readonly op: string; readonly what: "step" }
  | { readonly op: string; readonly what: "ended"; readonly result: Result };

export interface Progress {
  readonly called: boolean;
  /** Of a sign-in: whether the browser has been sent to the provider. */
  readonly started: boolean;
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
  started: false,
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
    const victims = victimsOf(op, ops, watch, sessions(), time);
    progress = { ...before, called: true, after: succeeded(ops, watch), victims, calledAt: time };
  } else if (happening.what === "step") {
    progress =
      op.do === "signIn"
        ? { ...before, started: true }
        : { ...before, after: succeeded(ops, watch) };
  } else {
    progress = { ...before, result: happening.result, endedAt: time };
  }
  return watch.with(index, progress);
}

/** Tells watches apart. */
export function keyOf(watch: Watch): string {
  let key = "";
  for (const { called, started, result, after, victims, calledAt, endedAt } of watch) {
    const ref = result?.kind === "done" ? (result.ref?.generation ?? "") : "";
    key += called
      ? `${result?.kind ?? (started ? "s" : "-")}${ref}.${after}.${victims}.${calledAt}${endedAt},`
      : ",";
  }
  return key;
}

export function bit(index: number): number {
  return 1 << index;
}

function succeeded(ops: readonly Op[], watch: Watch): number {
  return ops.reduce((bits, op, i) => (isOver(op, watch[i]?.result) ? bits | bit(i) : bits), 0);
}

/** Whether it ended with what it is for; of a logout token that has been used, the answer says so too. */
export function isOver(op: Op, result: Result | undefined): boolean {
  return result?.kind === "done" || (op.do === "back" && result?.kind === "used");
}

/**
 * The sign-ins a sign-out has to undo: those it names and, if one of these is stored when it is called, all
 * others of the account. A sign-in that is still running counts once its tokens are stored, answer or not;
 * where the provider says who, it counts as soon as it is started. A logout token says, too, since when.
 * Not one whose session was over: the account's tokens are those of the sessions that go on.
 */
function victimsOf(
  op: Op,
  ops: readonly Op[],
  watch: Watch,
  stored: ReadonlySet<string>,
  time: number,
): number {
  const byProvider = op.do === "front" || op.do === "back";
  const there = ops
    .map((other, index) => ({ other, index }))
    .filter((one): one is { other: OpOf<"signIn">; index: number } => one.other.do === "signIn")
    .filter(({ other, index }) => isReached(op, ops, other, watch, index));
  const isThere = ({ other, index }: (typeof there)[number]) =>
    watch[index]?.result !== undefined || stored.has(other.id);
  const named = there
    .filter(({ other }) => isNamedBy(other, op))
    .filter((one) => isThere(one) || (byProvider && watch[one.index]?.started))
    .filter((one) => !(byProvider && isOutlived(ops, watch, one.index, time)));
  const accounts = new Set(
    named.filter(({ other }) => stored.has(other.id)).map(({ other }) => other.account),
  );
  return there
    .filter((one) => named.includes(one) || (isThere(one) && accounts.has(one.other.account)))
    .reduce((bits, { index }) => bits | bit(index), 0);
}

/**
 * Whether a sign-in is one that the provider issued before the logout token, and not after a copy of it was
 * handled. Who knows the session may have seen the copy's tombstone before the copy was answered.
 */
function isReached(
  op: Op,
  ops: readonly Op[],
  signIn: OpOf<"signIn">,
  watch: Watch,
  index: number,
): boolean {
  if (op.do !== "back") return true;
  const { holds } = signIn;
  const knows = holds !== undefined && isNamedBy({ ...signIn, ...holds }, op);
  const handled = ops.some((other, at) => {
    if (other.do !== "back" || other.token !== op.token || other.id === op.id) return false;
    const isBefore = ((watch[index]?.after ?? 0) & bit(at)) !== 0;
    return isBefore || (knows && watch[at]?.called);
  });
  return !handled && !isNewer(signIn, op);
}

/** Whether the session of a sign-in was over at that time, and another sign-in's to the same account was not. */
export function isOutlived(ops: readonly Op[], watch: Watch, index: number, time: number): boolean {
  const signIn = ops[index] as OpOf<"signIn">;
  const others = ops.some(
    (other, at) =>
      other.do === "signIn" &&
      other.account === signIn.account &&
      !isOverAt(other, watch[at], time),
  );
  return others && isOverAt(signIn, watch[index], time);
}

/** By any clock, and nothing of it is under way. */
function isOverAt({ hours = 12 }: OpOf<"signIn">, progress: Progress | undefined, time: number) {
  if (progress?.result === undefined) return false;
  return progress.endedAt + Math.max(hours, 1) * 3_600_000 + CLOCKS_APART_MS <= time;
}

export function isNewer(signIn: OpOf<"signIn">, token: OpOf<"back">): boolean {
  return (signIn.issued ?? 0) > token.issued;
}

export function isNamedBy(signIn: OpOf<"signIn">, op: Op): boolean {
  switch (op.do) {
    case "here":
      return op.of === signIn.id;
    case "front":
      return signIn.sids.includes(op.sid);
    case "back":
      return op.sid === undefined ? signIn.subject === op.subject : signIn.sids.includes(op.sid);
    case "admin":
      return op.account === signIn.account;
    default:
      return false;
  }
}
