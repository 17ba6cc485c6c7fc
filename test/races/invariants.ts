import { openAccount } from "../../src/shared/store/accountEntity.ts";
import { HEAD } from "../../src/shared/store/keys.ts";
import type { Keyring } from "../../src/shared/store/sealing.ts";
import type { Stored } from "../../src/shared/store/table.ts";
import type { Rows } from "./model.ts";
import { type OpOf, signInsIn } from "./ops.ts";
import { bit, isNamedBy, type Watch, type Watching } from "./watch.ts";

/** What one row of tokens holds. */
export interface Held {
  readonly partition: string;
  readonly generation: string;
  readonly expiresAt: number;
  readonly sessions: readonly string[];
  readonly accessTokens: readonly string[];
  readonly refreshTokens: readonly string[];
}

export interface Violation {
  /** I1 to I4 of the design, or the word for what else must never be. */
  readonly invariant: "I1" | "I2" | "I3" | "I4" | "structure" | "outcome";
  readonly what: string;
}

/** The rows that hold tokens. */
export function heldIn(rows: Rows, keyring: Keyring): Held[] {
  const held: Held[] = [];
  for (const row of rows.values()) {
    if (row.rowKey.startsWith("c.")) held.push(contentOf(row, keyring));
  }
  return held;
}

const contents = new WeakMap<Stored, Held>();

function contentOf(row: Stored, keyring: Keyring): Held {
  let content = contents.get(row);
  if (content === undefined) {
    const account = openAccount(keyring, row);
    if (account === undefined) throw new Error(`Row ${row.rowKey} cannot be opened.`);
    content = {
      partition: row.partitionKey,
      generation: row.rowKey.slice(2),
      expiresAt: Date.parse(String(row.expiresAt)),
      ...signInsIn(account),
    };
    contents.set(row, content);
  }
  return content;
}

/** An account has one row of tokens at most, and its head names it. */
export function checkStructure(rows: Rows, held: readonly Held[]): Violation | undefined {
  for (const [index, { partition, generation }] of held.entries()) {
    if (held.some((other, at) => at < index && other.partition === partition)) {
      return { invariant: "structure", what: "An account has two open generations." };
    }
    const head = rows.get(`${partition}\n${HEAD}`);
    if (head?.generation !== generation) {
      return { invariant: "structure", what: "The head does not name the open generation." };
    }
  }
  return undefined;
}

/** I1 and I4: what was signed out is gone, at the moment the sign-out answers and ever after. */
export function checkSignedOut(
  { ops }: Watching,
  watch: Watch,
  before: Watch,
  held: readonly Held[],
): Violation | undefined {
  for (const [index, signOut] of ops.entries()) {
    const progress = watch[index];
    if (progress?.result?.kind !== "done" || !isSignOut(signOut.do)) continue;
    for (const [at, signIn] of ops.entries()) {
      if (signIn.do !== "signIn") continue;
      const { id } = signIn;
      const dead =
        (progress.victims & bit(at)) !== 0 ||
        (signOut.do === "front" &&
          signIn.sids.includes(signOut.sid) &&
          (watch[at]?.calledAt ?? 0) <= progress.endedAt);
      if (!dead) continue;
      if (held.some((row) => holds(row, id))) {
        return before[index]?.result === undefined
          ? { invariant: "I4", what: `${signOut.id} answers while ${id} is stored.` }
          : { invariant: "I1", what: `${id} is stored after ${signOut.id} has answered.` };
      }
      const used = ops.find(
        (op, i) =>
          op.do === "refresh" &&
          op.of === id &&
          watch[i]?.result?.kind === "done" &&
          (watch[i].after & bit(index)) !== 0,
      );
      if (used) {
        return {
          invariant: "I1",
          what: `${used.id} hands out a token made after ${signOut.id} has answered.`,
        };
      }
    }
  }
  return undefined;
}

function holds({ sessions, accessTokens, refreshTokens }: Held, id: string): boolean {
  return sessions.includes(id) || accessTokens.includes(id) || refreshTokens.includes(id);
}

/** I2: a sign-in that is done is there until something undoes it that may. */
export function checkKept(
  { ops }: Watching,
  watch: Watch,
  held: readonly Held[],
  now: number,
): Violation | undefined {
  for (const [index, signIn] of ops.entries()) {
    const result = watch[index]?.result;
    if (signIn.do !== "signIn" || result?.kind !== "done" || result.ref === undefined) continue;
    const { partition, generation } = result.ref;
    const row = held.find((one) => one.partition === partition && one.generation === generation);
    // The tabs of one browser have one session; each of them has its tokens.
    const tabs = [signIn.id, ...(signIn.tabs ?? [])];
    const isKept = tabs.some((tab) => row?.sessions.includes(tab));
    if (isKept && row?.accessTokens.includes(signIn.id)) continue;
    if (now >= expiryOf(signIn, watch[index]?.calledAt ?? 0)) continue;
    if (isExcused(ops, watch, index, signIn)) continue;
    return { invariant: "I2", what: `${signIn.id} is lost, and nothing may have undone it.` };
  }
  return undefined;
}

/** Whether anything that was called had the power to undo a sign-in. */
function isExcused(
  ops: Watching["ops"],
  watch: Watch,
  index: number,
  signIn: OpOf<"signIn">,
): boolean {
  const after = watch[index]?.after ?? 0;
  return ops.some((op, at) => {
    if (at === index || !watch[at]?.called) return false;
    // Whatever had answered before this sign-in was called has no power over it.
    const over = endsGenerations(op.do) && (after & bit(at)) !== 0;
    return !over && mayUndo(ops, watch, at, index, signIn);
  });
}

function mayUndo(
  ops: Watching["ops"],
  watch: Watch,
  cause: number,
  index: number,
  signIn: OpOf<"signIn">,
): boolean {
  const op = ops[cause];
  switch (op?.do) {
    case "here":
      return generationOf(watch, indexIn(ops, op.of)) === generationOf(watch, index);
    case "front":
    case "back":
      return endsGenerationOf(ops, watch, index, cause, (other) => isNamedBy(other, op));
    case "admin":
      return op.account === signIn.account;
    case "refresh":
      // The grant of the last one in is the account's: with it go all that came before.
      return op.revoked === true && cause > index && index <= indexIn(ops, op.of);
    case "endSession":
      return op.of === signIn.id;
    case "signIn":
      if (op.replaces === signIn.id) return true;
      // A sid that another account signs in with has left this one.
      return (
        op.account !== signIn.account &&
        endsGenerationOf(ops, watch, index, cause, ({ sids }) =>
          sids.some((sid) => op.sids.includes(sid)),
        )
      );
    default:
      return false;
  }
}

/** Whether `cause` ends the generation of a sign-in, for it names one that is in it or was about to join it. */
function endsGenerationOf(
  ops: Watching["ops"],
  watch: Watch,
  index: number,
  cause: number,
  isNamed: (signIn: OpOf<"signIn">) => boolean,
): boolean {
  const account = accountOf(ops[index]);
  return ops.some((other, at) => {
    const named = watch[at];
    if (other.do !== "signIn" || other.account !== account || !isNamed(other)) return false;
    if (!named?.called || (named.after & bit(cause)) !== 0) return false;
    const underWay = ((watch[cause]?.after ?? 0) & bit(at)) === 0;
    return underWay || generationOf(watch, at) === generationOf(watch, index);
  });
}

function expiryOf({ hours = 12 }: OpOf<"signIn">, calledAt: number): number {
  return calledAt + hours * 3_600_000;
}

function generationOf(watch: Watch, index: number): string | undefined {
  const result = watch[index]?.result;
  return result?.kind === "done" ? result.ref?.generation : undefined;
}

function indexIn(ops: Watching["ops"], id: string): number {
  return ops.findIndex((op) => op.id === id);
}

function accountOf(op: Watching["ops"][number] | undefined): string | undefined {
  return op?.do === "signIn" ? op.account : undefined;
}

function endsGenerations(kind: string): boolean {
  return isSignOut(kind) || kind === "signIn";
}

function isSignOut(kind: string): boolean {
  return kind === "here" || kind === "front" || kind === "back" || kind === "admin";
}

/** Every op ends in a way that its circumstances allow. */
export function checkOutcomes(
  { ops }: Watching,
  watch: Watch,
  faults: number,
  tries: number,
): Violation | undefined {
  for (const [index, op] of ops.entries()) {
    const result = watch[index]?.result;
    if (result === undefined || result.kind === "done") continue;
    if (result.kind === "error") {
      return { invariant: "outcome", what: `${op.id} failed: ${describeError(result.error)}` };
    }
    if (result.kind === "unavailable" && faults < tries) {
      return { invariant: "outcome", what: `${op.id} gave up after ${faults} faults.` };
    }
    const mayOvertake = ops.some(
      (other, i) => other.do === "front" && isNamed(op, other) && watch[i]?.called,
    );
    if (result.kind === "overtaken" && faults === 0 && !mayOvertake) {
      return { invariant: "outcome", what: `${op.id} was overtaken by nobody.` };
    }
  }
  return undefined;
}

function isNamed(op: Watching["ops"][number], by: Watching["ops"][number]): boolean {
  return op.do === "signIn" && isNamedBy(op, by);
}

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
