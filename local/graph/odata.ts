import { badRequest } from "./reply.ts";

/** A Graph entity as it goes over the wire. */
export type Entity = Record<string, unknown>;

/** A page of a collection, with the link to the next one when there is more. */
interface Collection {
  "@odata.context": string;
  value: Entity[];
  "@odata.nextLink"?: string;
}

const DEFAULT_TOP = 10;
const MAX_TOP = 1000;

/** A collection paged by `$top` and `$skip`; its items keep their id whatever `$select` says. */
export function page(url: URL, context: string, type: string, items: Entity[]): Collection {
  const top = count(url, "$top", DEFAULT_TOP, 1);
  const skip = count(url, "$skip", 0, 0);
  const collection: Collection = {
    "@odata.context": context,
    value: items
      .slice(skip, skip + top)
      .map((item) => ({ id: item.id, ...select(url, type, item) })),
  };
  if (skip + top >= items.length) return collection;
  const next = new URL(url);
  next.searchParams.set("$top", String(top));
  next.searchParams.set("$skip", String(skip + top));
  return { ...collection, "@odata.nextLink": next.href.replaceAll("%24", "$") };
}

/** The properties that `$select` asks for; all of them without it. */
export function select(url: URL, type: string, item: Entity): Entity {
  const wanted = url.searchParams.get("$select")?.split(",");
  if (wanted === undefined) return item;
  const entries = wanted.map((name) => {
    if (name in item) return [name, item[name]] as const;
    throw badRequest(
      `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type '${type}'.`,
    );
  });
  return Object.fromEntries(entries);
}

function count(url: URL, option: "$top" | "$skip", fallback: number, least: number): number {
  const text = url.searchParams.get(option);
  if (text === null) return fallback;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= MAX_TOP) return value;
  throw badRequest(`Invalid value '${text}' for ${option} query option found.`);
}
