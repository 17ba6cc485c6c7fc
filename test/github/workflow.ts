import { parse } from "yaml";
import { readText } from "../infra/project.ts";

export interface Step {
  name?: string;
  if?: string;
  uses?: string;
  run?: string;
  with?: Record<string, string>;
  env?: Record<string, string>;
}

interface Job {
  steps?: Step[];
  uses?: string;
  needs?: string[];
  permissions?: object;
  strategy?: { matrix: { include: { node: string; own?: boolean }[] } };
}

interface Workflow {
  permissions: Record<string, string>;
  jobs: Record<string, Job>;
}

/** @param path Such as `.github/workflows/ci.yml`. */
export function readWorkflow(path: string): Workflow {
  return parse(readText(path)) as Workflow;
}
