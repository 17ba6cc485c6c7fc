import { expect, it } from "@jest/globals";
import { startRig } from "../../local/rig.ts";
import { createBrowser } from "../../local/tenant/browserless.ts";
import { shared } from "../support/shared.ts";
import { ALEX, signedInBrowser } from "../support/user.ts";

const rig = shared(() => startRig());

it("answers with the signed-in user's next meeting", async () => {
  const browser = await signedInBrowser(rig);
  const answer = await browser.fetch(`${rig.url}/my/next-meeting`);
  expect(answer.status).toBe(200);
  const { meeting } = JSON.parse(answer.body);
  expect(meeting.subject).toEqual(expect.any(String));
  expect(Date.parse(meeting.start)).toBeGreaterThan(Date.now() - 1_000);
  expect(Date.parse(meeting.end)).toBeGreaterThan(Date.parse(meeting.start));
  expect(rig.graph.calls.at(-1)).toMatchObject({ method: "GET", path: "/me/calendarView" });
});

it("answers 401 to anybody else, and does not call Graph", async () => {
  const calls = rig.graph.calls.length;
  const answer = await createBrowser().fetch(`${rig.url}/my/next-meeting`);
  expect(answer.status).toBe(401);
  expect(JSON.parse(answer.body)).toMatchObject({ signInUrl: `${rig.url}/auth/signin` });
  expect(rig.graph.calls).toHaveLength(calls);
});

it("asks for the consent it needs, when the user has not given it", async () => {
  const registration = rig.tenant.apps.get(rig.env.ENTRA_CLIENT_ID ?? "");
  if (registration)
    registration.consentedScopes = ["openid", "profile", "offline_access", "User.Read"];
  const browser = await signedInBrowser(rig, ALEX);
  const answer = await browser.fetch(`${rig.url}/my/next-meeting`);
  expect(answer.status).toBe(401);
  const { signInUrl } = JSON.parse(answer.body) as { signInUrl: string };
  expect(new URL(signInUrl).searchParams.get("scope")).toBe("Calendars.Read");

  await browser.submit(await browser.signIn(signInUrl, ALEX));
  expect((await browser.fetch(`${rig.url}/my/next-meeting`)).status).toBe(200);
});
