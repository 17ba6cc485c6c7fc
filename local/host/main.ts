import { parseArgs } from "node:util";
import { type FunctionInfo, type FunctionsHost, type LogLine, startHost } from "./host.ts";

const USAGE = "Usage: node local/host/main.ts [--port N]   (in the app's folder)";

try {
  const { values } = parseArgs({ options: { port: { type: "string", default: "7071" } } });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(USAGE);
  const host = await startHost({ root: process.cwd(), port, timers: true, onLog: print });
  console.log(listFunctions(host));
  process.once("SIGINT", () => void host.stop());
  process.once("SIGTERM", () => void host.stop());
  const { code } = await host.exited;
  process.exitCode = code ?? 1;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

function print({ level, functionName, message }: LogLine): void {
  const origin = functionName === undefined ? "" : `${functionName}: `;
  console.log(
    `[${new Date().toISOString()}] ${level === "information" ? "" : `${level}: `}${origin}${message}`,
  );
}

function listFunctions({ url, functions, keys }: FunctionsHost): string {
  const lines = functions.map((info) => `\t${info.name}: ${describe(url, info)}`);
  return [
    "",
    "Functions:",
    "",
    ...lines.flatMap((line) => [line, ""]),
    `Master key: ${keys.master}`,
  ].join("\n");
}

function describe(url: string, { kind, methods, route }: FunctionInfo): string {
  if (kind === "timer") return "timerTrigger";
  return `[${methods?.join(",") ?? "*"}] ${url}/${route}`;
}
