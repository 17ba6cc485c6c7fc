import { describe, expect, it } from "@jest/globals";
import { startRig } from "../../local/rig.ts";
import type { Browser } from "../../local/tenant/browserless.ts";
import { LANGUAGES } from "../../src/shared/web/languages/languages.ts";
import { shared } from "../support/shared.ts";
import { signedInBrowser } from "../support/user.ts";

const rig = shared(() => startRig({ env: { APP_NAME: "Contoso <Zeiten>" } }));
let browser: Browser | undefined;

describe.each(LANGUAGES.map((language) => [language.tag, language] as const))(
  "in %s",
  (tag, say) => {
    const headers = { "Accept-Language": `xx, ${tag}-XX;q=0.9, en;q=0.8` };

    it("pages are said, in their direction and by the app's name", async () => {
      browser ??= await signedInBrowser(rig);
      for (const [path, heading] of [
        ["/auth/sessions", say.yourSessions],
        ["/auth/signout", say.signOutQuestion],
      ]) {
        const page = await browser.get(`${rig.url}${path}`, { headers });
        expect(page.headers.vary).toBe("Accept-Language");
        expect(page.body).toContain(`<html lang="${tag}" dir="${say.dir}"`);
        expect(page.body).toContain(`<h1>${heading}</h1>`);
        expect(page.body).toContain("<bdi>Contoso &lt;Zeiten&gt;</bdi>");
        expect(page.body).toContain(" · Contoso &lt;Zeiten&gt;</title>");
      }
    });

    it("problems are said, of the same type and status", async () => {
      const answer = await fetch(`${rig.url}/graph/me`, { headers });
      expect(answer.status).toBe(401);
      expect(answer.headers.get("Content-Language")).toBe(tag);
      expect(answer.headers.get("Vary")).toBe("Accept-Language");
      expect(await answer.json()).toMatchObject({
        type: "urn:lightsout:problem:signed-out",
        title: say.titles.signedOut,
        detail: say.details.signedOut,
      });
    });

    it("the sign-in page is asked for, unless the app asks for another", async () => {
      const localesOf = async (query: string) => {
        const answer = await fetch(`${rig.url}/auth/signin${query}`, {
          headers,
          redirect: "manual",
        });
        return new URL(answer.headers.get("Location") ?? "").searchParams.get("ui_locales");
      };
      expect(await localesOf("")).toBe(`xx ${tag}-XX en`);
      expect(await localesOf("?uiLocales=nl")).toBe("nl");
    });
  },
);
