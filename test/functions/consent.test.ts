import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Browser } from "../../local/tenant/browserless.ts";
import { itLeaksNothing } from "../support/attack.ts";
import { watchedRig } from "../support/secrets.ts";
import { ADELE, asOperator, sessionCookieOf, sessionOf, signedInBrowser } from "../support/user.ts";

const rig = watchedRig();
let browser: Browser;
beforeEach(async () => {
  const registration = rig.tenant.apps.get(rig.env.ENTRA_CLIENT_ID ?? "");
  if (registration) registration.consentedScopes = ["User.Read"];
  // What an earlier sign-in got is shared by all of the account's sessions.
  await asOperator(rig, "DELETE");
  browser = await signedInBrowser(rig);
});

/** Where the route's 401 leads. */
async function signInUrl(): Promise<string> {
  const answer = await browser.fetch(`${rig.url}/graph/me/messages`);
  expect(answer.status).toBe(401);
  expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: true });
  return JSON.parse(answer.body).signInUrl;
}

describe("a route whose permissions nobody has consented to", () => {
  it("asks for those of a write, and has not written", async () => {
    const message = { subject: "x", toRecipients: [{ emailAddress: { address: ADELE } }] };
    const send = () =>
      fetch(`${rig.url}/graph/me/sendMail`, {
        method: "POST",
        headers: { cookie: sessionCookieOf(rig, browser), origin: rig.url },
        body: JSON.stringify({ message }),
      });
    const calls = rig.graph.calls.length;
    const refused = await send();
    expect(refused.status).toBe(401);
    expect(rig.graph.calls).toHaveLength(calls);
    const { signInUrl: url } = (await refused.json()) as { signInUrl: string };
    expect(new URL(url).searchParams.get("scope")).toBe("Mail.Send");
    await browser.submit(await browser.signIn(url, ADELE));
    expect((await send()).status).toBe(202);
  });

  it("declined, ends on a page that says so, and the session stays as it was", async () => {
    const consent = await browser.get(await signInUrl());
    const form = await browser.submit(consent.forms[0], { press: "Cancel" });
    const page = await browser.submit(form.forms[0]);
    expect(page.status).toBe(400);
    expect(page.text).toContain("You did not agree to what this app asks for");
    expect(page.body).not.toContain("AADSTS");
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: true });
    expect((await browser.fetch(`${rig.url}/graph/me`)).status).toBe(200);
    await signInUrl();
  });
});

itLeaksNothing(() => rig);
