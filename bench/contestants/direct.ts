import { once } from "node:events";
import { forkModule, stopChild, type World } from "../world/world.ts";
import type { Caller } from "./calls.ts";
import type { Contestant, Running } from "./contestants.ts";
import type { Answer, Run, Start } from "./process.ts";

/** A contestant whose handler is called directly, by a loop in its own process. */
export async function startDirect(
  contestant: Contestant,
  { env }: World,
  metadata: string,
  callers: Readonly<Record<number, readonly Caller[]>>,
): Promise<Running> {
  const child = forkModule(new URL("process.ts", import.meta.url));

  async function ask(message: Start | Run): Promise<Answer> {
    child.send(message);
    const [answer] = (await once(child, "message")) as [Answer];
    if ("error" in answer) throw new Error(`${contestant}: ${answer.error}`);
    return answer;
  }

  await ask({ type: "start", contestant, env, metadata, callers });
  return {
    async run(tokens, load) {
      const answer = await ask({ type: "run", tokens, load });
      if (!("sample" in answer)) throw new Error(`${contestant} did not measure anything.`);
      return answer.sample;
    },
    stop: () => stopChild(child),
  };
}
