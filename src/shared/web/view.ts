import type { Place } from "../config/address.ts";
import type { SignOutContext } from "../context.ts";
import { acceptedLanguages } from "../http/acceptLanguage.ts";
import type { HttpRequest } from "../http/types.ts";
import type { Language } from "./languages/language.ts";
import { languageOf } from "./languages/languages.ts";

/** How a page is shown: its links, the app's name, and the language. */
export interface View extends Place {
  readonly appName: string;
  readonly language: Language;
}

export function viewOf({ settings }: Pick<SignOutContext, "settings">, request: HttpRequest): View {
  const { prefix, home, appName } = settings;
  return { prefix, home, appName, language: languageOf(acceptedLanguages(request)) };
}
