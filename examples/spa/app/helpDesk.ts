import { call } from "./api.ts";
import { el } from "./dom.ts";
import { guard } from "./guard.ts";
import type { Visit } from "./session.ts";

/** In the address, so that a sign-in comes back to here. */
const HERE = "#help-desk";

/** What takes a fresh sign-in. The server says so, and where it begins. */
export function helpDesk(visit: Visit): HTMLElement {
  const place = el("div");
  const show = () =>
    guard(visit, place, async () => {
      const { signal } = visit;
      const response = await call("/my/help-desk-code", { method: "POST", signal });
      const { code } = (await response.json()) as { code: string };
      place.replaceChildren(el("output", { className: "code" }, code));
    });
  const onclick = () => {
    history.replaceState(undefined, "", HERE);
    void show();
  };
  place.append(el("button", { className: "button quiet", onclick }, "Get a code"));
  if (location.hash === HERE) void show();
  return el(
    "section",
    {},
    el("h2", {}, "Help desk"),
    el(
      "p",
      { className: "soft" },
      "A code to say who you are on the phone. Only who has just signed in gets one.",
    ),
    place,
  );
}
