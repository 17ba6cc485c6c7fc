import { expect, it } from "@jest/globals";
import { startRig } from "../../local/rig.ts";
import { shared } from "../support/shared.ts";
import { signedInBrowser } from "../support/user.ts";

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
