import { once } from "node:events";
import { RefusedCommand } from "./refusedCommand.ts";

type Result = Record<string, unknown>;
interface Message {
  id?: number;
  type: "success" | "error" | "event";
  result?: Result;
  error?: string;
  message?: string;
}

/** A connection that speaks WebDriver BiDi. https://www.w3.org/TR/webdriver-bidi/ */
export class Bidi {
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, PromiseWithResolvers<Result>>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#receive(JSON.parse(data) as Message));
    socket.addEventListener("close", () => {
      for (const { reject } of this.#pending.values()) reject(new Error("The browser is gone."));
      this.#pending.clear();
    });
  }

  static async connect(url: string): Promise<Bidi> {
    const socket = new WebSocket(url);
    await once(socket, "open");
    return new Bidi(socket);
  }

  /** @throws RefusedCommand */
  send(method: string, params: Result = {}): Promise<Result> {
    const id = ++this.#lastId;
    const pending = Promise.withResolvers<Result>();
    this.#pending.set(id, pending);
    this.#socket.send(JSON.stringify({ id, method, params }));
    return pending.promise;
  }

  #receive({ id, type, result = {}, error = "", message = "" }: Message): void {
    if (id === undefined) return;
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (type === "error") pending?.reject(new RefusedCommand(error, message));
    else pending?.resolve(result);
  }
}
