import type { Keyring } from "../../src/shared/crypto/keyring.ts";
import { HEAD, sessionKey } from "../../src/shared/rows/keys.ts";
import { type Row, readRow } from "../../src/shared/rows/readRow.ts";
import { GRACE_MS } from "../../src/shared/session/confirm.ts";
import { unsealAccount } from "../../src/shared/store/accountRow.ts";
import { unpackContent } from "../../src/shared/store/contentPacking.ts";
import { CLOCKS_APART_MS } from "../../src/shared/store/tombstones.ts";
import type { Stored } from "../../src/shared/table/table.ts";
import type { Rows } from "./model.ts";
import { LIMITS, type Op, type OpOf, PERIOD, signInsIn } from "./ops.ts";
import { bare, shareIn } from "./scenario.ts";
import { bit, isNamedBy, isNewer, isOutlived, isOver, type Watch, type Watching } from "./watch.ts";

/** What one row of tokens holds. */
export interface Held {
  readonly partition: string;
  readonly generation: string;
  readonly expiresAt: number;
  /** Of the sessions, see {@link sessionKey}. */
  readonly keys: readonly string[];
  readonly sessions: readonly string[];
  /** When each of them ends. Milliseconds since 1970. */
  readonly ends: readonly number[];
  /** When the provider has confirmed each of them. Milliseconds since 1970. */
  readonly confirmed: readonly number[];
  /** The registration whose key each of them is bound to. */
  readonly boundTo: readonly (string | undefined)[];
  /** What their tokens are sealed with, besides the app's keys. */
  readonly shares: readonly string[];
  readonly accessTokens: readonly string[];
  readonly refreshTokens: readonly string[];
}

export interface Violation {
  /** I1 to I4 of the design, or the word for what else must never be. */
  readonly invariant:
    | "I1"
    | "I2"
    | "I3"
    | "I4"
    | "I7"
    | "confirmed"
    | "bound"
    | "structure"
    | "outcome";
  readonly what: string;
}

const known = new WeakMap<Rows, readonly Held[]>();

/** The rows that hold tokens. */
export function heldIn(rows: Rows, keyring: Keyring): readonly Held[] {
  let held = known.get(rows);
  if (held === undefined) {
    const read = Array.from(rows.values(), (row) => readRow(row));
    held = read.flatMap((row) => (row?.kind === "account" ? [contentOf(row, keyring)] : []));
    known.set(rows, held);
  }
  return held;
}

const contents = new WeakMap<Stored, Held>();

type AccountRead = Extract<Row, { kind: "account" }>;

function contentOf({ row, partition, generation }: AccountRead, keyring: Keyring): Held {
  let content = contents.get(row);
  if (content === undefined) {
    const account = unsealAccount(keyring, row);
    if (account === undefined) throw new Error(`Row ${row.rowKey} cannot be unsealed.`);
    content = {
      partition,
      generation,
      expiresAt: Date.parse(String(row.expiresAt)),
      shares: Object.values(account.sessions).flatMap(({ segment }) => shareIn(segment) ?? []),
      ...signInsIn(account, (segment) => unpackContent(bare(segment))),
    };
    contents.set(row, content);
  }
  return content;
}

/** An account has one row of tokens at most, and its head names it. I7: each session's tokens have a share of their own. */
export function checkStructure(rows: Rows, held: readonly Held[]): Violation | undefined {
  for (const [index, { partition, generation }] of held.entries()) {
    if (held.some((other, at) => at < index && other.partition === partition)) {
      return { invariant: "structure", what: "An account has two live generations." };
    }
    const head = rows.get(`${partition}\n${HEAD}`);
    if (head?.generation !== generation) {
      return { invariant: "structure", what: "The head does not name the live generation." };
    }
  }
  for (const { shares } of held) {
    if (shares.includes("") || new Set(shares).size < shares.length) {
      return { invariant: "I7", what: "Something else than a session's own share unseals it." };
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
    if (progress?.result === undefined || !isSignOut(signOut.do)) continue;
    // Who is under way loses also against a logout token that finds nobody.
    if (!isOver(signOut, progress.result) && progress.result.kind !== "unknown") continue;
    for (const [at, signIn] of ops.entries()) {
      if (signIn.do !== "signIn") continue;
      const { id } = signIn;
      const dead =
        (progress.victims & bit(at)) !== 0 ||
        (signOut.do === "front" &&
          isNamedBy(signIn, signOut) &&
          !isOutlived(ops, watch, at, progress.calledAt) &&
          !signIn.holds?.sids.includes(signOut.sid) &&
          startOf(signIn, watch, at) <= leftAt(signOut, progress.calledAt) + CLOCKS_APART_MS);
      if (!dead) continue;
      if (held.some((row) => holds(row, id))) {
        return before[index]?.result === undefined
          ? { invariant: "I4", what: `${signOut.id} answers while ${id} is stored.` }
          : { invariant: "I1", what: `${id} is stored after ${signOut.id} has answered.` };
      }
      const used = ops.find(
        (op, i) =>
          (op.do === "refresh" || op.do === "visit" || op.do === "bind") &&
          op.of === id &&
          watch[i]?.result?.kind === "done" &&
          (watch[i].after & bit(index)) !== 0,
      );
      if (used) {
        return {
          invariant: "I1",
          what: `${used.id} is served after ${signOut.id} has answered.`,
        };
      }
    }
  }
  return undefined;
}

/**
 * Whoever is served was confirmed within the period before. What is stored of that only a dead grant of another session takes
 * back, after which every session of the account has to be confirmed again.
 */
export function checkConfirmed(
  { ops }: Watching,
  watch: Watch,
  held: readonly Held[],
): Violation | undefined {
  for (const [index, op] of ops.entries()) {
    const progress = watch[index];
    if (op.do !== "visit" || progress?.result?.kind !== "done") continue;
    const isTakenBack = ops.some(
      (other, i) => "revoked" in other && other.revoked && other.of !== op.of && watch[i]?.called,
    );
    const isLate = held.some(({ sessions, confirmed }) =>
      sessions.some((id, i) => {
        const at = confirmed[i] ?? 0;
        return id === op.of && at + PERIOD < progress.calledAt && !(at === 0 && isTakenBack);
      }),
    );
    if (isLate) return { invariant: "confirmed", what: `${op.id} is served unconfirmed.` };
  }
  return undefined;
}

/**
 * A session is bound as long as it is there, to the key of whoever was told so. It is not there once two keys were sent for
 * one challenge.
 */
export function checkBound(
  { ops }: Watching,
  watch: Watch,
  held: readonly Held[],
  now: number,
): Violation | undefined {
  for (const [index, op] of ops.entries()) {
    if (op.do !== "bind") continue;
    const boundTo = keyOf(ops, watch, held, op.of, now);
    if (boundTo === undefined) continue;
    if (watch[index]?.result?.kind === "done" && boundTo.key !== op.id) {
      return { invariant: "bound", what: `The session is not bound to the key of ${op.id}.` };
    }
    const isAnswered = isDecided(watch, index);
    if (isAnswered && rivalsOf(ops, op).some((at) => isDecided(watch, at))) {
      return { invariant: "bound", what: `The session is there after ${op.id} and a rival.` };
    }
  }
  return undefined;
}

/** The key that a sign-in's session is bound to. @returns undefined when the session is not there, or over. */
function keyOf(
  ops: Watching["ops"],
  watch: Watch,
  held: readonly Held[],
  signIn: string,
  now: number,
): { readonly key: string | undefined } | undefined {
  const result = watch[indexIn(ops, signIn)]?.result;
  if (result?.kind !== "done" || result.ref === undefined) return undefined;
  const { generation, sessionId } = result.ref;
  const row = held.find((one) => one.generation === generation);
  const at = row?.keys.indexOf(sessionKey(sessionId)) ?? -1;
  return (row?.ends[at] ?? 0) <= now ? undefined : { key: row?.boundTo[at] };
}

function isDecided(watch: Watch, index: number): boolean {
  const { kind = "" } = watch[index]?.result ?? {};
  return kind === "done" || kind === "signedOut";
}

/** The other registrations for its challenge. */
function rivalsOf(ops: Watching["ops"], { id, of, challenge }: OpOf<"bind">): number[] {
  return ops.flatMap((op, at) =>
    op.do === "bind" && op.id !== id && op.of === of && op.challenge === challenge ? [at] : [],
  );
}

/** A session that its user has ended is over, from the answer on; who else is signed in, {@link checkKept} says. */
export function checkEnded(
  { ops }: Watching,
  watch: Watch,
  held: readonly Held[],
): Violation | undefined {
  const returned = ops.find(
    (op, index) =>
      op.do === "endSession" &&
      watch[index]?.result?.kind === "done" &&
      held.some(({ sessions }) => sessions.includes(op.of)),
  );
  return returned && { invariant: "I1", what: `A session is there after ${returned.id}.` };
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
    // The tabs of one browser have one session, with the tokens of the last of them.
    const tabs = [signIn.id, ...(signIn.tabs ?? [])];
    if (tabs.some((tab) => row?.sessions.includes(tab) && row.accessTokens.includes(tab))) continue;
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
  const isNamed = (other: OpOf<"signIn">, at: number) =>
    isNamedBy(other, op as Op) && !isOutlived(ops, watch, at, watch[cause]?.calledAt ?? 0);
  switch (op?.do) {
    case "here":
      return generationOf(watch, indexIn(ops, op.of)) === generationOf(watch, index);
    case "back":
      if (isNewer(signIn, op)) return false;
      return endsGenerationOf(ops, watch, index, cause, isNamed);
    case "front":
      return endsGenerationOf(ops, watch, index, cause, isNamed);
    case "admin":
      return op.account === signIn.account;
    case "refresh":
    case "visit":
      // A session's grant is its own; that of another tab of this browser is the same session's.
      return op.revoked === true && [signIn.id, ...(signIn.tabs ?? [])].includes(op.of);
    case "idle": {
      const { calledAt = 0 } = watch[cause] ?? {};
      const { idleLimit, revalidatePeriod } = LIMITS;
      const unused = calledAt - (watch[index]?.endedAt ?? 0);
      return op.of === signIn.id && unused > idleLimit + revalidatePeriod + GRACE_MS;
    }
    case "endSession":
      return op.of === signIn.id;
    case "bind":
      return (
        [signIn.id, ...(signIn.tabs ?? [])].includes(op.of) &&
        rivalsOf(ops, op).some((at) => watch[at]?.called)
      );
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
  isNamed: (signIn: OpOf<"signIn">, index: number) => boolean,
): boolean {
  const account = accountOf(ops[index]);
  return ops.some((other, at) => {
    const named = watch[at];
    if (other.do !== "signIn" || other.account !== account || !isNamed(other, at)) return false;
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
    if (result === undefined) continue;
    if (result.kind === "done") {
      const twice = ops.find(
        (other, i) => other !== op && isSameAnswer(op, other) && watch[i]?.result?.kind === "done",
      );
      if (twice) return { invariant: "outcome", what: `${op.id} and ${twice.id} are one answer.` };
      continue;
    }
    if (result.kind === "error") {
      return { invariant: "outcome", what: `${op.id} failed: ${describeError(result.error)}` };
    }
    if (result.kind === "unavailable" && faults < tries) {
      return { invariant: "outcome", what: `${op.id} gave up after ${faults} faults.` };
    }
    if (
      result.kind === "used" &&
      !ops.some((other) => other !== op && (isSameAnswer(op, other) || isSameToken(op, other)))
    ) {
      return { invariant: "outcome", what: `${op.id} was used up by nobody.` };
    }
    if (result.kind === "unknown" && ops.some((other, i) => isKnown(ops, watch, index, other, i))) {
      return { invariant: "outcome", what: `${op.id} does not find who has signed in.` };
    }
    if (result.kind === "forged" && !ops.some(({ do: kind }) => kind === "forge")) {
      return { invariant: "outcome", what: `${op.id} met what nobody has forged.` };
    }
    const mayOvertake = ops.some((other, i) => mayHoldBack(ops, watch, index, other, i));
    if (result.kind === "overtaken" && faults === 0 && !mayOvertake) {
      return { invariant: "outcome", what: `${op.id} was overtaken by nobody.` };
    }
  }
  return undefined;
}

/** The same answer of the provider, posted again. */
function isSameAnswer(op: Op, other: Op): boolean {
  const isOne = op.do === "signIn" && other.do === "signIn";
  return isOne && op.state !== undefined && op.state === other.state;
}

function isSameToken(op: Op, other: Op): boolean {
  return op.do === "back" && other.do === "back" && op.token === other.token;
}

/** With the session, the purge takes the row that leads to it. */
function isKnown(
  ops: Watching["ops"],
  watch: Watch,
  index: number,
  signIn: Op,
  at: number,
): boolean {
  const token = ops[index] as Op;
  if (signIn.do !== "signIn" || !isNamedBy(signIn, token)) return false;
  const over = ((watch[index]?.after ?? 0) & bit(at)) !== 0;
  if (ops.some(({ do: kind }, i) => kind === "purge" && watch[i]?.called)) return false;
  return over && (watch[index]?.calledAt ?? 0) < expiryOf(signIn, watch[at]?.calledAt ?? 0);
}

/**
 * I8: a sign-out elsewhere may hold back a sign-in that it names, but not one that was started after it had
 * answered, and has seen its tombstone, or comes so much later that clocks cannot tell otherwise.
 */
function mayHoldBack(
  ops: Watching["ops"],
  watch: Watch,
  index: number,
  signOut: Op,
  at: number,
): boolean {
  const signIn = ops[index];
  const cause = watch[at];
  // A tombstone counts whoever has made it.
  if (signOut.do === "forge" && cause?.called) return true;
  if (signIn?.do !== "signIn" || (signOut.do !== "front" && signOut.do !== "back")) return false;
  if (!cause?.called || !isNamedBy(signIn, signOut)) return false;
  const before = ((watch[index]?.after ?? 0) & bit(at)) !== 0;
  const { holds } = signIn;
  const held = holds && isNamedBy({ ...signIn, ...holds }, signOut);
  if (before && held) return false;
  if (signOut.do === "back") return !isNewer(signIn, signOut);
  const since = startOf(signIn, watch, index) - leftAt(signOut, cause.endedAt);
  return !before || since <= CLOCKS_APART_MS;
}

/** By the clock of the instance that started it. */
function startOf({ clocks: [minutes] = [0, 0] }: OpOf<"signIn">, watch: Watch, index: number) {
  return (watch[index]?.calledAt ?? 0) + minutes * 60_000;
}

function leftAt({ clock = 0 }: OpOf<"front">, time: number): number {
  return time + clock * 60_000;
}

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
