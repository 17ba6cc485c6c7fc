import { TableClient } from "@azure/data-tables";
import fc from "fast-check";
import type { Azurite } from "../../local/azurite/azurite.ts";
import {
  accountPartition,
  type HomeAccountId,
  type Sid,
  sidPartition,
  subjectPartition,
} from "../../src/shared/rows/keys.ts";
import { purge } from "../../src/shared/store/purge.ts";
import type { HeldSession } from "../../src/shared/store/segments.ts";
import type { Entity, Stored } from "../../src/shared/table/table.ts";
import type { FaultProxy } from "./faultProxy.ts";
import type { Fleet } from "./fleet.ts";
import { checkFrozen, LONG_AFTER } from "./frozen.ts";
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
import { keyOf, type Rows } from "./model.ts";
import { goesOn, type Op, perform } from "./ops.ts";
import { anyScenario } from "./random.ts";
import { openTable, seededBytes } from "./realTable.ts";
import { opsOf, pastOf, plainKeyring, type Scenario, storeOf } from "./scenario.ts";
import { type Happening, note, nothingYet, watching } from "./watch.ts";

export interface Place {
  readonly azurite: Azurite;
  readonly proxy: FaultProxy;
  readonly fleet: Fleet;
}

/** Random scenarios, each with users of its own, so that many can run at once in one table. */
export function scenariosOf(seed: number, count: number): Scenario[] {
  const scenarios = anyScenario({ minLength: 2, maxLength: 4 });
  return fc.sample(scenarios, { seed, numRuns: count }).map((one, run) => ownOf(one, run));
}

/**
 * Carries scenarios out in real processes, against the real table service, with whatever the proxy does to
 * them. What lies in their past is done for all of them before: no purge may see a sign-in of yesterday that
 * is still running.
 */
export async function carryOutAll(
  place: Place,
  scenarios: readonly Scenario[],
  seed: number,
): Promise<readonly { readonly scenario: Scenario; readonly violation: Violation }[]> {
  const isPurged = scenarios.flatMap(opsOf).some((op) => op.do === "purge");
  const runs = await Promise.all(
    scenarios.map((scenario) => prepare(place, scenario, seed, isPurged)),
  );
  const violations = await Promise.all(runs.map((carryOut) => carryOut()));
  return violations.flatMap((violation, index) =>
    violation ? [{ scenario: scenarios[index] as Scenario, violation }] : [],
  );
}

/** The purge of another scenario goes through the whole table. */
const OTHERS_PURGE: Op = { do: "purge", id: "purge of another" };

/** Makes a scenario's past. @returns what carries out the rest of it, and says what is wrong then. */
async function prepare(
  { azurite, proxy, fleet }: Place,
  scenario: Scenario,
  seed: number,
  isPurged: boolean,
) {
  const watched = watching([...opsOf(scenario), ...(isPurged ? [OTHERS_PURGE] : [])]);
  const direct = openTable(azurite.connectionString);
  const refs = new Map<string, HeldSession>();
  const rowsNow = () => readRows(azurite, scenario);
  const randomOf = (op: Op) => `${seed} ${scenario.name} ${op.id}`;
  let watch = nothingYet(watched);

  function happen(happening: Happening, rows: Rows = new Map(), at = scenario.now): void {
    const stored = () => new Set(heldIn(rows, plainKeyring).flatMap(({ sessions }) => sessions));
    watch = note(watched, watch, happening, stored, at);
  }

  for (const { at, op } of scenario.before ?? []) {
    happen({ op: op.id, what: "called" }, await rowsNow(), at);
    const store = storeOf(direct, plainKeyring, () => at, seededBytes(randomOf(op)));
    const result = await perform(op, pastOf(store, refs), () => {});
    happen({ op: op.id, what: "ended", result }, undefined, at);
  }

  async function act(ops: readonly Op[], actor: number): Promise<Violation | undefined> {
    let violation: Violation | undefined;
    for (const [index, op] of ops.entries()) {
      happen({ op: op.id, what: "called" }, await steadyRows());
      const result = await fleet.perform(actor + index, {
        op,
        now: scenario.now,
        refs,
        random: randomOf(op),
        onStep: () => happen({ op: op.id, what: "step" }),
      });
      if (result.kind === "done" && result.ref) refs.set(op.id, result.ref);
      const before = watch;
      happen({ op: op.id, what: "ended", result });
      const after = watch;
      if (isSignOut(op)) {
        const held = heldIn(await rowsNow(), plainKeyring);
        violation ??= checkSignedOut(watched, after, before, held);
      }
      if (!goesOn(op, result, ops[index + 1])) break;
    }
    return violation;
  }

  /** What is stored at a moment of which it is known who had ended by then. */
  async function steadyRows(): Promise<Rows> {
    for (;;) {
      const before = watch;
      const rows = await rowsNow();
      if (watch === before) return rows;
    }
  }

  async function carryOut(): Promise<Violation | undefined> {
    if (isPurged) happen({ op: OTHERS_PURGE.id, what: "called" });
    const seen = await Promise.all(scenario.actors.map(act));
    await proxy.settled();
    const rows = await rowsNow();
    const held = heldIn(rows, plainKeyring);
    for (const { partitionKey, rowKey } of rows.values()) await direct.remove(partitionKey, rowKey);
    return (
      seen.find((violation) => violation !== undefined) ??
      checkStructure(rows, held) ??
      checkSignedOut(watched, watch, watch, held) ??
      checkConfirmed(watched, watch, held) ??
      checkBound(watched, watch, held, scenario.now) ??
      checkEnded(watched, watch, held) ??
      checkKept(watched, watch, held, scenario.now) ??
      checkOutcomes(watched, watch, Number.POSITIVE_INFINITY, 0) ??
      (await checkFrozen(rows, watched.ops, plainKeyring))
    );
  }

  return carryOut;
}

/** Lets the purge loose long after everything. @returns the rows that are left for ever. */
export async function leftAfterAll({ connectionString }: Azurite): Promise<string[]> {
  const table = openTable(connectionString);
  await purge(storeOf(table, plainKeyring, () => LONG_AFTER, seededBytes("after all")));
  const left: string[] = [];
  for await (const row of table.list("", "~")) left.push(`${row.partitionKey}/${row.rowKey}`);
  return left;
}

function isSignOut(op: Op): boolean {
  return op.do === "here" || op.do === "front" || op.do === "back" || op.do === "admin";
}

function ownOf(scenario: Scenario, run: number): Scenario {
  const own = (name: string) => `${run}-${name}`;
  const rename = (op: Op): Op => {
    switch (op.do) {
      case "signIn": {
        const subject = op.subject === undefined ? {} : { subject: own(op.subject) };
        const held = op.holds && { ...subject, sids: op.holds.sids.map(own) };
        const holds = held ? { holds: held } : {};
        const state = op.state === undefined ? {} : { state: own(op.state) };
        return {
          ...op,
          account: own(op.account),
          sids: op.sids.map(own),
          ...subject,
          ...holds,
          ...state,
        };
      }
      case "front":
        return { ...op, sid: own(op.sid) };
      case "back":
        return {
          ...op,
          token: own(op.token),
          ...(op.subject && { subject: own(op.subject) }),
          ...(op.sid && { sid: own(op.sid) }),
        };
      case "admin":
        return { ...op, account: own(op.account) };
      default:
        return op;
    }
  };
  return {
    ...scenario,
    name: `run ${run}`,
    before: (scenario.before ?? []).map(({ at, op }) => ({ at, op: rename(op) })),
    actors: scenario.actors.map((ops) => ops.map(rename)),
  };
}

/** Leaves out tombstones of early sign-outs and used tokens, which are many and name nobody. */
const ABOUT_SOMEBODY =
  "PartitionKey lt 'e' or (PartitionKey ge 's' and PartitionKey lt 't') or PartitionKey ge 'u'";

/** The rows that are about a scenario's users. */
async function readRows({ connectionString }: Azurite, scenario: Scenario): Promise<Rows> {
  const own = new Set<string>(
    opsOf(scenario).flatMap((op) => {
      if (op.do === "front") return [sidPartition(op.sid as Sid)];
      if (op.do === "admin") return [accountPartition(op.account as HomeAccountId)];
      if (op.do !== "signIn") return [];
      const subjects = op.subject === undefined ? [] : [subjectPartition(op.subject)];
      return [
        accountPartition(op.account as HomeAccountId),
        ...op.sids.map((sid) => sidPartition(sid as Sid)),
        ...subjects,
      ];
    }),
  );
  const options = { allowInsecureConnection: true };
  const client = TableClient.fromConnectionString(connectionString, "lightsout", options);
  const rows = new Map<string, Stored>();
  const queryOptions = { filter: ABOUT_SOMEBODY };
  for await (const { timestamp: _, ...row } of client.listEntities<Entity>({ queryOptions })) {
    const stored = row as unknown as Stored;
    if (own.has(stored.partitionKey) || own.has(String(stored.partition))) {
      rows.set(keyOf(stored.partitionKey, stored.rowKey), stored);
    }
  }
  return rows;
}
