import { settingsInUse } from "../local/running.ts";
import { paint } from "../local/screen.ts";
import { examine, type Result } from "./doctor/check.ts";
import { SECTIONS } from "./doctor/checks.ts";
import { type Options, readOptions, USAGE } from "./doctor/options.ts";
import { patientAt, patientOf } from "./doctor/patient.ts";
import { renderResult, renderSummary, renderTitle } from "./doctor/report.ts";

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) console.log(USAGE);
  else await run(options);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

async function run({ url, json }: Options): Promise<void> {
  const patient = url
    ? await patientAt(url, process.env.GRAPH_BASE_URL || undefined)
    : patientOf(settingsInUse(process.cwd()));
  const say = json ? () => {} : console.log;

  say(renderTitle(patient, paint));
  const results: Result[] = [];
  for await (const result of examine(patient, SECTIONS)) {
    say(renderResult(result, results.at(-1), paint));
    results.push(result);
  }
  say(renderSummary(results, paint));

  const isWell = results.every(({ status }) => status !== "problem");
  if (json)
    console.log(JSON.stringify({ url: patient.baseUrl, ok: isWell, checks: results }, null, 2));
  if (!isWell) process.exitCode = 1;
}
