import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { type HostContext, warn } from "./context.ts";
import { RUN_ID_HEADER } from "./ipc.ts";
import { lookUpKey, opens } from "./keys.ts";
import type { HostRequest } from "./request.ts";
import { type Answer, bareAnswer } from "./response.ts";

/** `POST /admin/functions/NAME`; the host keeps everything else below /admin and /runtime. */
export async function handleAdmin(
  context: HostContext,
  request: HostRequest,
  message: IncomingMessage,
): Promise<Answer> {
  const [, name] = /^\/admin\/functions\/([^/]+)\/?$/i.exec(request.path) ?? [];
  if (name === undefined || request.method !== "POST") return bareAnswer(404);
  if (!opens(context.keys, lookUpKey(request), "admin")) return bareAnswer(401);
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
