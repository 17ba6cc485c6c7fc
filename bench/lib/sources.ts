import { existsSync, readFileSync } from "node:fs";
import type { Profiler } from "node:inspector/promises";
import { SourceMap } from "node:module";
import { fileURLToPath } from "node:url";

/** The profile of a bundle as one of its sources, by the map beside it. */
export function inSources(profile: Profiler.Profile): Profiler.Profile {
  const maps = new Map<string, SourceMap | undefined>();
  const sourceOf = ({ url, lineNumber, columnNumber }: Profiler.ProfileNode["callFrame"]) => {
    if (!maps.has(url)) maps.set(url, mapOf(url));
    const entry = maps.get(url)?.findEntry(lineNumber, columnNumber);
    return entry && "originalSource" in entry ? entry.originalSource.replace(/^[./]*/, "/") : url;
  };
  const nodes = profile.nodes.map((node) => {
    const { callFrame } = node;
    return { ...node, callFrame: { ...callFrame, url: sourceOf(callFrame) } };
  });
  return { ...profile, nodes };
}

function mapOf(url: string): SourceMap | undefined {
  const file = `${url.startsWith("file:") ? fileURLToPath(url) : url}.map`;
  return existsSync(file) ? new SourceMap(JSON.parse(readFileSync(file, "utf8"))) : undefined;
}
