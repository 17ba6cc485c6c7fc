import { type Rig, startRig } from "../../../local/rig.ts";
import { examine, type Result } from "../../../scripts/doctor/check.ts";
import { SECTIONS } from "../../../scripts/doctor/checks.ts";
import { type Patient, patientOf } from "../../../scripts/doctor/patient.ts";
import type { Env } from "../../../src/shared/config/env.ts";
import {
  type Answer,
  type Loopback,
  type Received,
  type Respond,
  startLoopback,
} from "../../support/loopback.ts";

/** The app, with something in front of it that can meddle with what it says. */
export interface Clinic {
  readonly rig: Rig;
  /** Users' address of the app. */
  readonly door: Loopback;
  /** What the app itself answers. */
  readonly ask: Respond;
  patient(changes?: Env): Patient;
  stop(): Promise<void>;
}

export async function openClinic(): Promise<Clinic> {
  const door = await startLoopback();
  const rig = await startRig({ baseUrl: door.url }).catch(async (error) => {
    await door.stop();
    throw error;
  });
  const ask = (request: Received) => forward(rig.host.url, request);
  door.respond = ask;
  return {
    rig,
    door,
    ask,
    patient: (changes = {}) => ({
      ...patientOf({ settings: { ...rig.env, ...changes }, source: "a test" }),
      functions: async () => rig.host.functions,
    }),
    async stop() {
      await rig.stop();
      await door.stop();
    },
  };
}

/** Passes a request on, as a reverse proxy does. */
export async function forward(
  to: string,
  { method, url, headers: all, body }: Received,
): Promise<Answer> {
  const { host: _, connection: __, "content-length": ___, ...rest } = all;
  const headers = new Headers(
    Object.entries(rest).map(([name, value]) => [name, String(value)] as [string, string]),
  );
  const answer = await fetch(to + url, {
    method,
    headers,
    redirect: "manual",
    ...(body.length > 0 && { body: new Uint8Array(body) }),
  });
  const { connection, "transfer-encoding": ____, ...passed } = Object.fromEntries(answer.headers);
  return {
    status: answer.status,
    headers: { ...passed, "set-cookie": answer.headers.getSetCookie() },
    body: await answer.text(),
  };
}

export async function resultsOf(patient: Patient): Promise<Result[]> {
  const results: Result[] = [];
  for await (const result of examine(patient, SECTIONS)) results.push(result);
  return results;
}

/** Names of checks by what came of them. */
export async function outcomeOf(patient: Patient) {
  const results = await resultsOf(patient);
  const names = (wanted: Result["status"]) =>
    results.filter(({ status }) => status === wanted).map(({ name }) => name);
  const problems = results.flatMap(({ status, name, detail, fix }) =>
    status === "problem" ? [`${name}: ${detail} → ${fix}`] : [],
  );
  return { problems, ok: names("ok"), skipped: names("skipped") };
}
