import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** Whether a process with this id exists. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Ids of the processes that `pid` started and that still run. */
export async function childrenOf(pid: number): Promise<number[]> {
  const processes = existsSync("/proc/self/stat") ? await procTable() : await psTable();
  return processes.filter(([, parent]) => parent === pid).map(([child]) => child);
}

type ProcessAndParent = [pid: number, parent: number];

async function procTable(): Promise<ProcessAndParent[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const rows = pids.map(async (pid): Promise<ProcessAndParent> => {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    // The program's name, in parentheses, may hold anything.
    const [, parent = 0] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return [Number(pid), Number(parent)];
  });
  return Promise.all(rows);
}

async function psTable(): Promise<ProcessAndParent[]> {
  const listing = promisify(execFile)("ps", ["-axo", "pid=,ppid="]);
  const { stdout } = await listing;
  const rows = stdout.trim().split("\n");
  return rows
    .map((row) => row.trim().split(/\s+/).map(Number) as ProcessAndParent)
    .filter(([pid]) => pid !== listing.child.pid);
}
