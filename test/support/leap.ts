/**
 * `NODE_OPTIONS` for a process whose clock leaps forward, half a second after a request for that path has come:
 * a patience that is measured by the clock is at its end then.
 */
export function leapingClock(path: string, milliseconds: number): string {
  const module = `
    import { subscribe } from "node:diagnostics_channel";
    const now = Date.now;
    let ahead = 0;
    Date.now = () => now() + ahead;
    const leap = () => { ahead += ${milliseconds}; };
    subscribe("http.server.request.start", ({ request }) => {
      if (request.url.startsWith(${JSON.stringify(path)})) setTimeout(leap, 500);
    });`;
  return `--import=data:text/javascript,${encodeURIComponent(module)}`;
}
