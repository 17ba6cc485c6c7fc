import { once } from "node:events";
import { realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, it } from "@jest/globals";
import { forkWorker, tell, waitForExit, waitUntilReady } from "../../../local/host/child.ts";
import { createKeys } from "../../../local/host/keys.ts";
import { freePort } from "../../../local/ports.ts";
import { createApp } from "./app.ts";

const MAIN = `
app.http("where", {
  authLevel: "anonymous",
  handler: () => ({ jsonBody: { folder: process.cwd(), old: process.env.OLD, own: process.env.OWN } }),
});
`;

it("a process that waited for an app has that app's settings and folder, and none of its own", async () => {
  const { root, remove } = await createApp({ main: MAIN });
  const child = forkWorker(tmpdir(), { OLD: "placeholder" });
  const exited = waitForExit(child);
  expect(await once(child, "message")).toMatchObject([{ type: "waiting" }]);
  const port = await freePort();
  const app = { root, port, main: undefined, keys: createKeys(), timers: false };
  tell(child, { type: "start", ...app, isLogged: false, env: { OWN: "app" } });
  await waitUntilReady(child, exited, 30_000);
  const answer = await fetch(`http://127.0.0.1:${port}/where`);
  expect(await answer.json()).toEqual({ folder: realpathSync(root), own: "app" });
  tell(child, { type: "stop" });
  await exited;
  await remove();
});
