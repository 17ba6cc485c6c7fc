import { type FSWatcher, readdirSync, watch } from "node:fs";
import { join } from "node:path";

/** A burst of changes is over after so many milliseconds without one. */
const QUIET = 200;

/** The files of an app. */
const CODE = /\.([cm]?[jt]sx?|json)$/;

/**
 * Calls `changed` after files of the app have changed, once for all that come together, with the last of them.
 * @param isIn Which folders at the top are looked into; never `node_modules`, nor one whose name begins with a dot.
 */
export function watchApp(
  root: string,
  isIn: (folder: string) => boolean,
  changed: (file: string) => void,
): { stop(): Promise<void> } {
  const folders = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;
  const notice = (file: string | null, folder = "") => {
    if (file === null || !CODE.test(file)) return;
    clearTimeout(timer);
    timer = setTimeout(changed, QUIET, join(folder, file));
  };
  /** A build may remove a folder and make it again. The old watcher no longer sees it. */
  const look = (file?: string | null) => {
    if (file) close(file);
    for (const entry of readdirSync(root, { withFileTypes: true })) {
      const { name } = entry;
      const isOurs = !name.startsWith(".") && name !== "node_modules" && isIn(name);
      if (!isOurs || folders.has(name) || !entry.isDirectory()) continue;
      const watcher = watch(join(root, name), { recursive: true }, (_event, file) =>
        notice(file, name),
      );
      // Such as for a folder that went away.
      folders.set(
        name,
        watcher.on("error", () => close(name)),
      );
    }
  };
  const close = (name: string) => {
    folders.get(name)?.close();
    folders.delete(name);
  };
  const top = watch(root, (event, file) => {
    if (event === "rename") look(file);
    notice(file);
  });
  look();
  return {
    async stop() {
      clearTimeout(timer);
      top.close();
      for (const name of [...folders.keys()]) close(name);
    },
  };
}
