import { ar } from "./ar.ts";
import { cs } from "./cs.ts";
import { de } from "./de.ts";
import { en } from "./en.ts";
import { es } from "./es.ts";
import { fr } from "./fr.ts";
import { ja } from "./ja.ts";
import { ko } from "./ko.ts";
import type { Language } from "./language.ts";

/** English first: it stands in where none of the others is asked for. */
export const LANGUAGES = [en, ko, cs, de, fr, es, ja, ar] as const satisfies readonly Language[];

/**
 * The first language that somebody asks for and that there is, by lookup (RFC 4647 §3.4): `de-AT` finds `de`.
 *
 * @param accepted In order of preference; `*` for any.
 */
export function languageOf(accepted: readonly string[]): Language {
  for (const range of accepted) {
    const [primary = ""] = range.toLowerCase().split("-");
    const found = LANGUAGES.find(({ tag }) => range === "*" || tag === primary);
    if (found) return found;
  }
  return en;
}
