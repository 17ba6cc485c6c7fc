import { readManifest, runBuild, startWatch } from "./npm.ts";
import type { Parts } from "./parts.ts";
import { watchApp } from "./watch.ts";

/** An app that is built as its `package.json` says. */
interface Sources {
  /** @throws Error It does not build. */
  build(): Promise<void>;
  /** Has it built again whenever it changes, by its own `watch` script where it has one, and calls `built` each time, with a file that has changed. */
  follow(parts: Parts, built: (file: string) => Promise<void>): Promise<void>;
}

export function sourcesOf(root: string): Sources {
  const { scripts = {}, main = "" } = readManifest(root);
  const [output = "", ...below] = main.replace(/^\.\//, "").split("/");

  async function build(): Promise<void> {
    if (scripts.build) await runBuild(root);
  }

  /** Where somebody else builds, only what comes of it counts; else everything but what comes of it. */
  function counts(folder: string): boolean {
    if (below.length === 0 || !scripts.build) return true;
    return (folder === output) === Boolean(scripts.watch);
  }

  return {
    build,
    async follow(parts, built) {
      if (scripts.watch) await parts.add(startWatch(root));
      const again = oneAtATime(async (file) => {
        try {
          if (!scripts.watch) await build();
          await built(file);
        } catch (error) {
          console.error((error as Error).message);
        }
      });
      await parts.add(Promise.resolve(watchApp(root, counts, again)));
    },
  };
}

/** What it is called for while it is running is done once more, afterwards. */
function oneAtATime(work: (file: string) => Promise<void>): (file: string) => void {
  let isRunning = false;
  let wanted: string | undefined;
  return async (file) => {
    wanted = file;
    if (isRunning) return;
    isRunning = true;
    while (wanted !== undefined) {
      const next = wanted;
      wanted = undefined;
      await work(next);
    }
    isRunning = false;
  };
}
