import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { type Rig, type RigOptions, startRig } from "../../local/rig.ts";
import { ROOT } from "../../local/root.ts";

/** A rig whose app is teamApp.ts. @param routePrefix That of its host.json. */
export async function startTeamRig({
  routePrefix = "",
  ...options
}: RigOptions & { routePrefix?: string } = {}): Promise<Rig> {
  const root = await mkdtemp(join(tmpdir(), "lightsout-team-"));
  const remove = () => rm(root, { recursive: true, force: true });
  try {
    await build({
      entryPoints: [join(ROOT, "test/support/teamApp.ts")],
      outfile: join(root, "main.cjs"),
      bundle: true,
      platform: "node",
      format: "cjs",
      external: ["@azure/functions-core"],
      logLevel: "warning",
    });
    await writeFile(join(root, "package.json"), JSON.stringify({ main: "main.cjs" }));
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
