import { createSecretKey } from "node:crypto";
import { parentPort } from "node:worker_threads";
import { createKeyring } from "../../src/shared/crypto/keyring.ts";
import { explore } from "./explore.ts";
import type { Errand, Explored } from "./explorer.ts";
import { plainKeyring, watched } from "./scenario.ts";
import { scenarioOf } from "./scenarios.ts";
import { Simulation, testHorizon } from "./simulation.ts";
import { describeFailure } from "./trace.ts";
import { WEAKNESSES } from "./weaknesses.ts";

const key = createSecretKey(Buffer.alloc(32, 7));
// The same answers have to lead to the same requests, so the nonce is always the same.
const sealing = watched(createKeyring([{ id: "k1", key }], (size) => Buffer.alloc(size, 1)));

async function carryOut({ name, weakness, isSealed }: Errand): Promise<Explored> {
  const scenario = scenarioOf(name);
  const simulation = new Simulation(scenario, {
    horizon: testHorizon(scenario),
    keyring: isSealed ? sealing : plainKeyring,
    ...(weakness && { weakness: WEAKNESSES[weakness] }),
  });
  const { schedules, states, failure } = await explore(simulation);
  if (failure === undefined) return { schedules, states, failure };
  const description = await describeFailure(simulation, failure);
  return { schedules, states, failure: { ...failure.violation, description } };
}

parentPort?.on("message", async (errand: Errand) => {
  parentPort?.postMessage(await carryOut(errand).catch((error) => error));
});
