/**
 * `NODE_OPTIONS` for a process whose clocks leap forward, half a second after a request for that path has come:
 * a patience that is measured by one is at its end then.
 */
export function leapingClock(path: string, milliseconds: number): string {
  const module = `
    import { subscribe } from "node:diagnostics_channel";
    let ahead = 0;
    for (const clock of [Date, performance]) {
      const now = clock.now.bind(clock);
      clock.now = () => now() + ahead;
    }
    const leap = () => { ahead += ${milliseconds}; };
    subscribe("http.server.request.start", ({ request }) => {
      if (request.url.startsWith(${JSON.stringify(path)})) setTimeout(leap, 500);
    });`;
  return `--import=data:text/javascript,${encodeURIComponent(module)}`;
}
