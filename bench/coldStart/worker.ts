/*
 * The host's process, bundled as the real worker is. The real one has a gRPC client, and has loaded what that needs before it
 * hears of an app.
 */
import "node:http2";
import "node:zlib";
import "../../local/host/worker.ts";

// How much CPU time it has taken so far.
process.on("message", ({ type }: { readonly type: string }) => {
  const { user, system } = process.cpuUsage();
  if (type === "cpu") process.send?.({ type, milliseconds: (user + system) / 1_000 });
});
