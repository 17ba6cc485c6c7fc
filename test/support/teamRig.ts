import { Parts } from "../../local/parts.ts";
import { type Rig, type RigOptions, startRig } from "../../local/rig.ts";
import { bundleApp } from "../../scripts/bundleApp.ts";
import { newFolder } from "./folder.ts";

/** A rig whose app is teamApp.ts. @param routePrefix That of its host.json. */
export async function startTeamRig({
  routePrefix = "",
  ...options
}: RigOptions & { routePrefix?: string } = {}): Promise<Rig> {
  const parts = new Parts();
  const host = { version: "2.0", extensions: { http: { routePrefix } } };
  try {
    const { path: root } = await parts.add(newFolder({ "host.json": JSON.stringify(host) }));
    await bundleApp("test/support/teamApp.ts", root);
    const rig = await parts.add(startRig({ ...options, root }));
    return Object.defineProperties({} as Rig, {
      ...Object.getOwnPropertyDescriptors(rig),
      stop: { value: () => parts.stop(), enumerable: true, configurable: true },
    });
  } catch (error) {
    await parts.stop();
    throw error;
  }
}
