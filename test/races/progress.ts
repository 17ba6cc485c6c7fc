export interface Progress {
  advance(by: number): void;
  end(): void;
}

const WIDTH = 30;

/** A bar that moves on a terminal, and a line for every tenth elsewhere. */
export function createProgress(what: string, total: number): Progress {
  const { stdout } = process;
  const started = Date.now();
  let done = 0;
  let shown = -1;

  function show(): void {
    const share = Math.min(done / total, 1);
    const step = Math.floor(share * (stdout.isTTY ? 100 : 10));
    if (step === shown) return;
    shown = step;
    const filled = Math.round(share * WIDTH);
    const bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
    const seconds = Math.round((Date.now() - started) / 1_000);
    const line = `${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${what} (${seconds} s)`;
    stdout.write(stdout.isTTY ? `\r${line}` : `${line}\n`);
  }

  show();
  return {
    advance(by) {
      done += by;
      show();
    },
    end() {
      done = total;
      show();
      if (stdout.isTTY) stdout.write("\n");
    },
  };
}
