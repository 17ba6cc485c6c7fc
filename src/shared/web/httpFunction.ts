import type { Handler } from "./handlers.ts";

/** An HTTP function, as `src/lightsout.ts` registers it with the host. */
export interface HttpFunction {
  readonly name: string;
  readonly methods: ("GET" | "HEAD" | "POST" | "PATCH" | "PUT" | "DELETE")[];
  readonly route: string;
  /** `function`: a call needs a key of the function app. */
  readonly authLevel: "anonymous" | "function";
  readonly handler: Handler;
}

export interface TimerFunction {
  readonly name: string;
  /** NCRONTAB, with seconds, in UTC. */
  readonly schedule: string;
  readonly handler: () => Promise<void>;
}
