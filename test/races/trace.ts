import {
  accountPartition,
  type HomeAccountId,
  type Sid,
  sidPartition,
  subjectPartition,
} from "../../src/shared/rows/keys.ts";
import type { Answer, Request } from "./coroutine.ts";
import type { Failure } from "./explore.ts";
import type { AnyWrite } from "./model.ts";
import type { Op } from "./ops.ts";
import type { Simulation } from "./simulation.ts";
import type { State, Step } from "./state.ts";

/** A failing schedule as one reads it: who sends what, and what becomes of it. */
export async function describeFailure(
  simulation: Simulation,
  { violation, schedule }: Failure,
): Promise<string> {
  const names = namesOf(simulation.watching.ops);
  const lines = [`${violation.invariant} violated: ${violation.what}`, simulation.scenario.name];
  let state = await simulation.start();
  for (const [index, step] of schedule.entries()) {
    const next = await simulation.take(state, step);
    const line = describeStep(simulation, state, step, next);
    lines.push(`${String(index + 1).padStart(3)}  ${readable(line, names)}`);
    state = next;
  }
  return lines.join("\n");
}

function describeStep(simulation: Simulation, state: State, step: Step, next: State) {
  const { scenario, watching } = simulation;
  if (step.kind === "later") return "time passes, and whoever is under way is cut off";
  if (step.kind === "land") {
    const flight = state.inFlight[step.index];
    const effect = next.table === state.table ? "without effect" : "and is carried out";
    const sender = nameOf(scenario.actors, flight?.actor ?? 0);
    return `lands ${effect}: ${sender}'s ${describe(flight?.request)}`;
  }
  const { actor, at } = step;
  const sent = state.places[actor]?.slots[at]?.request;
  const request = `${nameOf(scenario.actors, actor)}: ${describe(sent)}`;
  if (step.kind === "copy") return `${request} · is sent twice, one of them stays in flight`;
  const answer =
    step.kind === "silence" || sent === undefined
      ? "no answer, stays in flight"
      : describeAnswer(simulation.answerTo(state.table, sent).answer);
  const ended = watching.ops
    .map(({ id }, index) => ({ id, before: state.watch[index], after: next.watch[index] }))
    .filter(({ before, after }) => after?.result !== undefined && before?.result === undefined)
    .map(({ id, after }) => ` · [${id}] ${after?.result?.kind}`);
  return `${request} · ${answer}${ended.join("")}`;
}

function describeAnswer(answer: Answer): string {
  if (answer === undefined) return "nothing there";
  if (typeof answer === "boolean") return answer ? "done" : "refused";
  if (typeof answer !== "object" || !("etag" in answer)) return "a page";
  const { etag, generation, signedOut } = answer;
  const about = generation === undefined ? "" : ` generation ${generation || "none"}`;
  return `${etag}${about}${signedOut ? " signed out" : ""}`;
}

function describe(request: Request | undefined): string {
  switch (request?.kind) {
    case "get":
      return `read ${request.partitionKey}/${request.rowKey}`;
    case "remove":
      return `delete ${request.partitionKey}/${request.rowKey} if ${request.etag}`;
    case "page":
      return `list ${request.from} to ${request.to}`;
    case "write":
      return request.writes.map(describeWrite).join(" and ");
    case "token":
      return "token endpoint";
    case "user":
      return "user";
    case undefined:
      return "nothing";
  }
}

function describeWrite(write: AnyWrite): string {
  const { partitionKey, rowKey, generation, signedOut } = write.entity;
  const condition = write.kind === "replace" ? ` if ${write.etag}` : "";
  const content = generation === undefined ? "" : ` (generation ${generation || "none"})`;
  const { tombstone: version, tokenTombstone } = write.entity;
  const tombstones = [
    signedOut && "signed out",
    version && `tombstone ${version}`,
    tokenTombstone && `token tombstone ${tokenTombstone}`,
  ];
  const tombstone = tombstones.some(Boolean) ? ` (${tombstones.filter(Boolean).join(", ")})` : "";
  return `${write.kind} ${partitionKey}/${rowKey}${content}${tombstone}${condition}`;
}

function nameOf(actors: readonly (readonly Op[])[], actor: number): string {
  return actors[actor]?.map(({ id }) => id).join(", ") ?? "nobody";
}

function namesOf(ops: readonly Op[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const op of ops) {
    if (op.do !== "signIn") continue;
    names.set(accountPartition(op.account as HomeAccountId), `account ${op.account}`);
    for (const sid of op.sids) names.set(sidPartition(sid as Sid), `sid ${sid}`);
    if (op.subject) names.set(subjectPartition(op.subject), `subject ${op.subject}`);
  }
  for (const op of ops)
    if (op.do === "front") names.set(sidPartition(op.sid as Sid), `sid ${op.sid}`);
  return names;
}

function readable(line: string, names: ReadonlyMap<string, string>): string {
  let text = line;
  for (const [key, name] of names) text = text.replaceAll(key, name);
  // Ids are padded with underscores.
  return text.replace(/_+A\b/g, "");
}
