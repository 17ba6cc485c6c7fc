const INTERRUPTED = 130;
/** A terminal and npm both pass on Ctrl-C: within this time, in milliseconds, it is the same one. */
const SAME_KEYSTROKE = 500;

/** Until everything runs a signal ends the process at once; later the first one asks, the second one forces. */
export function listenForSignals(): { asked: () => Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let running = false;
  let askedAt: number | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      // Children notice that their parent is gone and follow.
      if (!running) process.exit(INTERRUPTED);
      if (askedAt !== undefined && Date.now() - askedAt > SAME_KEYSTROKE) process.exit(INTERRUPTED);
      askedAt ??= Date.now();
      resolve();
    });
  }
  return {
    asked() {
      running = true;
      return promise;
    },
  };
}
