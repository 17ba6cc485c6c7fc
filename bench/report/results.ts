import type { BaselineResult } from "../benchmarks/baseline.ts";
import type { BytesResult } from "../benchmarks/bytes.ts";
import type { GrowthResult } from "../benchmarks/growth.ts";
import type { MemoryResult } from "../benchmarks/memory.ts";
import type { OperationsResult } from "../benchmarks/operations.ts";
import type { PackageResult } from "../benchmarks/package.ts";
import type { ProfileResult } from "../benchmarks/profile.ts";
import type { PurgeResult } from "../benchmarks/purge.ts";
import type { SessionsResult } from "../benchmarks/sessions.ts";
import type { SignedInResult } from "../benchmarks/signedIn.ts";
import type { TogetherResult } from "../benchmarks/together.ts";
import type { ColdStartResult } from "../coldStart/report.ts";
import { load } from "../lib/results.ts";
import type { SoakResult } from "../soak/report.ts";

/** The last result of every benchmark. */
export interface Results {
  readonly signedIn: SignedInResult;
  readonly baseline: BaselineResult;
  readonly profile: ProfileResult;
  readonly operations: OperationsResult;
  readonly together: TogetherResult;
  readonly purge: PurgeResult;
  readonly growth: GrowthResult;
  readonly sessions: SessionsResult;
  readonly coldStart: ColdStartResult;
  readonly bytes: BytesResult;
  readonly packageSize: PackageResult;
  readonly soak: SoakResult;
  readonly memory: MemoryResult;
}

/** @throws Error A benchmark has not been run, or not all of them in the same environment. */
export async function loadResults(): Promise<{ environment: string; results: Results }> {
  const environments = new Set<string>();
  async function last<Result>(name: string): Promise<Result> {
    const saved = await load<Result>(name);
    if (!saved) throw new Error(`Run npm run bench -- --only ${name} first.`);
    environments.add(saved.environment);
    return saved.result;
  }
  const results: Results = {
    signedIn: await last("signed-in"),
    baseline: await last("baseline"),
    profile: await last("profile"),
    operations: await last("operations"),
    together: await last("together"),
    purge: await last("purge"),
    growth: await last("growth"),
    sessions: await last("sessions"),
    coldStart: await last("cold-start"),
    bytes: await last("bytes"),
    packageSize: await last("package"),
    soak: await last("soak"),
    memory: await last("memory"),
  };
  const [environment = "", ...others] = environments;
  if (others.length > 0) {
    throw new Error(`The results are of different environments: ${[...environments].join("; ")}.`);
  }
  return { environment, results };
}
