import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { handleAdmin } from "./admin.ts";
import { type HostContext, warn } from "./context.ts";
import { type HttpFunction, isDisabled } from "./functions.ts";
import { InvocationError } from "./invoke.ts";
import { lookUpKey, opens } from "./keys.ts";
import { type HostRequest, readBody, readRequest, ServerRefusal, toRpcRequest } from "./request.ts";
import { type Answer, bareAnswer, toAnswer } from "./response.ts";
import type { RouteParams } from "./routes.ts";
import { passOn } from "./streamed.ts";

const DEFAULT_BODY_LIMIT = 104_857_600;
const MAX_HEADER_BYTES = 32_768;

/**
 * Serves on both loopback addresses: browsers try either for `localhost`.
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
  let answer: Answer | undefined;
  let { customHeaders } = context;
  try {
    answer = await handle(context, message, response);
  } catch (error) {
    if (error instanceof ServerRefusal) customHeaders = {};
    answer = bareAnswer(error instanceof ServerRefusal ? error.status : 500);
    if (!(error instanceof InvocationError)) logFailure(context, answer, error as Error);
  }
  if (answer) send(response, answer, customHeaders);
}

function logFailure({ log }: HostContext, { status }: Answer, { message }: Error): void {
  log({ level: "error", category: "system", message: `Answered ${status}: ${message}` });
}

function send(response: ServerResponse, answer: Answer, customHeaders: Record<string, string>) {
  const own = new Set(answer.headers.map(([name]) => name.toLowerCase()));
  const custom = Object.entries(customHeaders).filter(([name]) => !own.has(name.toLowerCase()));
  response.statusCode = answer.status;
  for (const [name, value] of [...answer.headers, ...custom]) response.appendHeader(name, value);
  if (answer.body.length > 0) response.write(answer.body);
  response.end();
}

/** @returns undefined where the worker answers by itself. */
async function handle(
  context: HostContext,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<Answer | undefined> {
  const request = readRequest(message);
  if (/^\/(admin|runtime)(\/|$)/i.test(request.path)) return handleAdmin(context, request, message);

  const found = findFunction(context.functions, request);
  if (!found) return request.path === "/" ? homePage(context.env) : bareAnswer(404);
  const { target, params } = found;

  if (target.authLevel === "anonymous" && request.query.get("code")) {
    warn(context, target, "code query parameter is read by the Functions host as a key");
  }
  const key = lookUpKey(request);
  if (!opens(context.keys, key, target.authLevel)) return bareAnswer(401);
  if (isDisabled(target.name, context.env) && !opens(context.keys, key, "admin")) {
    return bareAnswer(404);
  }

  const limit = bodyLimit(context.env);
  if (context.httpUri !== undefined) {
    return passOn(context, context.httpUri, found, request, message, response, limit) as undefined;
  }
  const body = await readBody(message, limit);
  const traceParent = request.headers.traceparent?.[0];
  const input = { http: toRpcRequest(request, params, body) };
  return toAnswer(await context.invoke(target, { input, traceParent }), request.method);
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
