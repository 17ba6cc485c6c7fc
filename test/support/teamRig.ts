import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Rig, type RigOptions, startRig } from "../../local/rig.ts";
import { bundleApp } from "../../scripts/bundleApp.ts";

/** A rig whose app is teamApp.ts. @param routePrefix That of its host.json. */
export async function startTeamRig({
  routePrefix = "",
  ...options
}: RigOptions & { routePrefix?: string } = {}): Promise<Rig> {
  const root = await mkdtemp(join(tmpdir(), "lightsout-team-"));
  const remove = () => rm(root, { recursive: true, force: true });
  try {
    await bundleApp("test/support/teamApp.ts", root);
    const host = { version: "2.0", extensions: { http: { routePrefix } } };
    await writeFile(join(root, "host.json"), JSON.stringify(host));
    const rig = await startRig({ ...options, root });
    const stop = () => rig.stop().finally(remove);
    return Object.defineProperties({} as Rig, {
      ...Object.getOwnPropertyDescriptors(rig),
      stop: { value: stop, enumerable: true, configurable: true },
    });
  } catch (error) {
    await remove();
    throw error;
  }
}
