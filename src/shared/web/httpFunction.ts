import type { Handler } from "./handlers.ts";

/** An HTTP function, as `src/lightsout.ts` registers it with the host. @typeParam Of What it has to know of its invocation. */
export interface HttpFunction<Of = unknown> {
  readonly name: string;
  readonly methods: ("GET" | "HEAD" | "POST" | "PATCH" | "PUT" | "DELETE")[];
  readonly route: string;
  /** `function`: a call needs a key of the function app. */
  readonly authLevel: "anonymous" | "function";
  readonly handler: Handler<Of>;
}

/** What the host says of one run of a function. */
export interface Invocation {
  readonly invocationId: string;
}

export interface TimerFunction {
  readonly name: string;
  /** NCRONTAB, with seconds, in UTC. */
  readonly schedule: string;
  readonly handler: () => Promise<void>;
}
