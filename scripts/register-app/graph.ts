import { send } from "../send.ts";

/** Microsoft Graph refused, with its own error code. `message` says what to do. */
export class GraphRefused extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "GraphRefused";
    this.status = status;
    this.code = code;
  }
}

export interface Graph {
  /** @returns undefined when there is no such object. */
  get<T>(path: string): Promise<T | undefined>;
  /** @returns undefined when the answer has no body. */
  send<T>(method: "POST" | "PATCH", path: string, body: object, prefer?: string): Promise<T>;
}

interface GraphAccess {
  readonly baseUrl: string;
  readonly token: string;
}

/** @throws {GraphRefused} from each of its methods. */
export function createGraph({ baseUrl, token }: GraphAccess): Graph {
  async function request(method: string, path: string, body?: object, prefer?: string) {
    const answer = await send(`${baseUrl}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body && { "Content-Type": "application/json" }),
        ...(prefer && { Prefer: prefer }),
      },
      ...(body && { body: JSON.stringify(body) }),
      timeout: 30_000,
    });
    const text = answer.body.toString();
    if (answer.status >= 200 && answer.status < 300) return text ? JSON.parse(text) : undefined;
    throw refused(`${method} ${path}`, answer.status, text);
  }

  return {
    async get(path) {
      try {
        return await request("GET", path);
      } catch (error) {
        if (error instanceof GraphRefused && error.status === 404) return undefined;
        throw error;
      }
    },
    send: request,
  };
}

function refused(request: string, status: number, text: string): GraphRefused {
  const { code, message } = errorIn(text);
  const answer = [status, code].join(" ").trim();
  return new GraphRefused(status, code, `${request}: ${answer}. ${fixFor(status) ?? message}`);
}

function fixFor(status: number): string | undefined {
  if (status === 401)
    return "The Azure CLI's sign-in is not valid here. Run az login, then try again.";
  if (status === 403) {
    return "Your account may not do this in the tenant. To make a registration it needs the role Application Developer; to change one, to own it or the role Cloud Application Administrator. An administrator can run this in your place; --dry-run shows what it does.";
  }
  return undefined;
}

function errorIn(text: string): { code: string; message: string } {
  try {
    const { error } = JSON.parse(text);
    return { code: String(error.code), message: String(error.message) };
  } catch {
    return { code: "", message: "The answer is not from Microsoft Graph." };
  }
}
