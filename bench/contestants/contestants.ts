import type { Load, Sample } from "../lib/load.ts";

/** The ways to get a signed-in user's profile from Microsoft Graph that are compared. */
export const CONTESTANTS = ["lightsout", "floor", "stock"] as const;
export type Contestant = (typeof CONTESTANTS)[number];

export interface Running {
  /** @param tokens How many access tokens the caches hold that are used. */
  run(tokens: number, load: Load): Promise<Sample>;
  stop(): Promise<void>;
}
