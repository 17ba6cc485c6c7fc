import { createServer } from "node:http";
import { close, listen } from "../support/listen.ts";

/** A page of the app, in a language. */
export interface Framed {
  readonly path: string;
  readonly tag: string;
}

/** How wide a frame is, and the size of its text. */
export interface Size {
  readonly width: number;
  readonly text: string;
}

/** What a frame shows, and how wide that is at each of the sizes. */
export interface Seen {
  readonly tag: string;
  readonly dir: string;
  readonly widths: readonly number[];
}

export interface Wall {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A page with many pages of the app side by side, so that a browser that is slow to drive opens one. They are as the app
 * answers them, except that they may be framed.
 *
 * @param cookie Of whoever is signed in: browsers need none.
 */
export async function startWall(
  app: string,
  cookie: string,
  framed: readonly Framed[],
): Promise<Wall> {
  const held = new Map<string, ReturnType<typeof read>>();
  async function read(url: string) {
    const page = framed[Number(/^\/wall\/(\d+)$/.exec(url)?.[1])];
    const headers = { cookie, ...(page && { "accept-language": page.tag, ...OPENED }) };
    const answer = await fetch(app + (page?.path ?? url), { headers, redirect: "manual" });
    const policy = answer.headers.get("content-security-policy") ?? "";
    const kept = {
      "content-type": answer.headers.get("content-type") ?? "",
      "content-security-policy": policy.replace(/frame-ancestors [^;]*;?/, ""),
    };
    return { status: answer.status, kept, body: new Uint8Array(await answer.arrayBuffer()) };
  }

  function hold(url: string) {
    const reading = held.get(url) ?? read(url);
    held.set(url, reading);
    return reading;
  }
  await Promise.all(framed.map((_, n) => hold(`/wall/${n}`)));

  const frames = framed.map(
    (_, n) => `<iframe src="/wall/${n}" height="100" scrolling="no"></iframe>`,
  );
  const server = createServer(async ({ url = "" }, outgoing) => {
    if (url === "/wall") {
      return void outgoing
        .writeHead(200, { "content-type": "text/html" })
        .end(`<!doctype html>${frames.join("")}`);
    }
    const { status, kept, body } = await hold(url);
    outgoing.writeHead(status, kept).end(body);
  });
  const port = await listen(server);
  return { url: `http://localhost:${port}/wall`, stop: () => close(server) };
}

const OPENED = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };

/** An expression for that page: a {@link Seen} for each frame, as JSON; undefined until all have loaded. */
export function seenAt(sizes: readonly Size[]): string {
  return `(() => {
    const frames = [...document.querySelectorAll("iframe")];
    const pages = frames.map(({ contentDocument }) => contentDocument);
    if (!pages.every((page) => page?.readyState === "complete" && page.URL !== "about:blank")) return undefined;
    return JSON.stringify(frames.map((frame, n) => {
      const root = pages[n].documentElement;
      const widths = ${JSON.stringify(sizes)}.map(({ width, text }) => {
        frame.width = width;
        root.style.fontSize = text;
        return root.scrollWidth;
      });
      return { tag: root.lang, dir: root.dir, widths };
    }));
  })()`;
}
