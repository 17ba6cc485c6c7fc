// Plain JavaScript for any Node: azd runs it after deploying. Its argument: how often to ask, five seconds apart.
import { argv, env } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

const PAUSE = 5_000;
const TIMEOUT = 10_000;
const url = `${env.AZURE_FUNCTION_URL}/health`;

async function ask() {
  try {
    const { status } = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT) });
    return `answers ${status}`;
  } catch {
    return "does not answer";
  }
}

const isHealthy = "answers 200";
let said = await ask();
for (let left = Number(argv[2] ?? 36) - 1; said !== isHealthy && left > 0; left--) {
  await sleep(PAUSE);
  said = await ask();
}
if (said !== isHealthy) {
  console.error(
    `${url} ${said}. Users get errors, and perhaps sign-outs do not work. The app's log says why (setting.invalid, request.failed); docs/deploy.md, "When the first run trips", what helps.`,
  );
  process.exitCode = 1;
}
