import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { type HttpFunction, isDisabled, type TimerFunction } from "./functions.ts";
import { InvocationError, type Invoke } from "./invoke.ts";
import { RUN_ID_HEADER } from "./ipc.ts";
import { type HostKeys, opens, presentedKey } from "./keys.ts";
import type { LogLine } from "./log.ts";
import { type HostRequest, readBody, readRequest, ServerRefusal, toRpcRequest } from "./request.ts";
import { type Answer, bareAnswer, toAnswer } from "./response.ts";
import type { RouteParams } from "./routes.ts";

export interface HostContext {
  functions: (HttpFunction | TimerFunction)[];
  keys: HostKeys;
  /** Every look-up of a key fails, as when the storage of the keys is out of reach. */
  keyStoreFault: boolean;
  customHeaders: Record<string, string>;
  /** The app's environment, settings included. */
  env: Record<string, string | undefined>;
  invoke: Invoke;
  /** Starts a timer function and returns at once. */
  startTimer(timer: TimerFunction, runId: string | undefined): void;
  log(line: LogLine): void;
}

const DEFAULT_BODY_LIMIT = 104_857_600;
const MAX_HEADER_BYTES = 32_768;

/**
 * Serves on both loopback addresses, browsers try either for `localhost`.
 *
 * @throws Error when the port is taken
 */
export async function listen(context: HostContext, port: number): Promise<Server[]> {
  const servers: Server[] = [];
  for (const address of ["127.0.0.1", "::1"]) {
    const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (message, response) => {
      void serve(context, message, response);
    });
    try {
      await once(server.listen(port, address), "listening");
      servers.push(server);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EADDRINUSE") {
        throw new Error(`Port ${port} is unavailable. Close what uses it, or choose another port.`);
      }
      // A machine without IPv6 has no ::1.
      if (address !== "::1") throw error;
    }
  }
  return servers;
}

async function serve(context: HostContext, message: IncomingMessage, response: ServerResponse) {
  let answer: Answer;
  let { customHeaders } = context;
  try {
    answer = await handle(context, message);
  } catch (error) {
    if (error instanceof ServerRefusal) customHeaders = {};
    answer = bareAnswer(error instanceof ServerRefusal ? error.status : 500);
    if (!(error instanceof InvocationError)) logFailure(context, answer, error as Error);
  }
  send(response, answer, customHeaders);
}

function logFailure({ log }: HostContext, { status }: Answer, { message }: Error): void {
  log({ level: "error", category: "system", message: `Answered ${status}: ${message}` });
}

function send(response: ServerResponse, answer: Answer, customHeaders: Record<string, string>) {
  const own = new Set(answer.headers.map(([name]) => name.toLowerCase()));
  const custom = Object.entries(customHeaders).filter(([name]) => !own.has(name.toLowerCase()));
  response.statusCode = answer.status;
  for (const [name, value] of [...answer.headers, ...custom]) response.appendHeader(name, value);
  if (answer.body.length > 0 && response.req.method !== "HEAD") response.write(answer.body);
  response.end();
}

async function handle(context: HostContext, message: IncomingMessage): Promise<Answer> {
  const request = readRequest(message);
  if (/^\/(admin|runtime)(\/|$)/i.test(request.path)) return handleAdmin(context, request, message);

  const found = findFunction(context.functions, request);
  if (!found) return request.path === "/" ? homePage(context.env) : bareAnswer(404);
  const { target, params } = found;

  if (target.authLevel === "anonymous" && request.query.get("code")) {
    warn(context, target, "code query parameter is read by the Functions host as a key");
  }
  const key = lookUpKey(context, request);
  if (!opens(context.keys, key, target.authLevel)) return bareAnswer(401);
  if (isDisabled(target.name, context.env) && !opens(context.keys, key, "admin")) {
    return bareAnswer(404);
  }

  const body = await readBody(message, bodyLimit(context.env));
  const traceParent = request.headers.traceparent?.[0];
  const input = { http: toRpcRequest(request, params, body) };
  return toAnswer(await context.invoke(target, input, traceParent), request.method);
}

/** The first whose template and methods fit: a method that does not fit lets the next one try. */
function findFunction(
  functions: HostContext["functions"],
  { method, path }: HostRequest,
): { target: HttpFunction; params: RouteParams } | undefined {
  for (const target of functions) {
    if (target.kind !== "http") continue;
    const allowed = target.methods?.some((name) => name.toUpperCase() === method.toUpperCase());
    const params = allowed === false ? undefined : target.match(path);
    if (params) return { target, params };
  }
  return undefined;
}

/** @throws Error when the key store fails: it is asked whenever a request presents anything */
function lookUpKey({ keyStoreFault }: HostContext, request: HostRequest): string | undefined {
  const key = presentedKey(request);
  if (key && keyStoreFault) throw new Error("The key store is out of reach.");
  return key;
}

/** `POST /admin/functions/NAME`; the host keeps everything else below /admin and /runtime. */
async function handleAdmin(
  context: HostContext,
  request: HostRequest,
  message: IncomingMessage,
): Promise<Answer> {
  const [, name] = /^\/admin\/functions\/([^/]+)\/?$/i.exec(request.path) ?? [];
  if (name === undefined || request.method !== "POST") return bareAnswer(404);
  if (!opens(context.keys, lookUpKey(context, request), "admin")) return bareAnswer(401);
  if (!/^(application|text)\/json\b/i.test(request.headers["content-type"]?.[0] ?? "")) {
    return bareAnswer(415);
  }
  if (!isJsonObject(await text(message))) return bareAnswer(400);
  const target = context.functions.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (!target) return bareAnswer(404);
  if (target.kind === "timer") context.startTimer(target, request.headers[RUN_ID_HEADER]?.[0]);
  else warn(context, target, "An HttpRequest is required: the host cannot run it from here.");
  return bareAnswer(202);
}

function isJsonObject(body: string): boolean {
  try {
    const json: unknown = JSON.parse(body);
    return typeof json === "object" && json !== null && !Array.isArray(json);
  } catch {
    return false;
  }
}

function bodyLimit({
  FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: setting = "",
}: HostContext["env"]): number {
  return /^\d+$/.test(setting) ? Number(setting) : DEFAULT_BODY_LIMIT;
}

function homePage(env: HostContext["env"]): Answer {
  if (env.AzureWebJobsDisableHomepage?.toLowerCase() === "true") return bareAnswer(204);
  const html =
    "<!doctype html><title>Functions</title><h1>Your Functions app is up and running</h1>";
  return { status: 200, headers: [["content-type", "text/html"]], body: Buffer.from(html) };
}

function warn({ log }: HostContext, { name }: HttpFunction, message: string): void {
  log({ level: "warning", category: "system", functionName: name, message });
}
