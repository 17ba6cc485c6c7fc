import { call } from "./api.ts";
import { el } from "./dom.ts";
import { guard } from "./guard.ts";
import type { SignedIn, Visit } from "./session.ts";

/** Who is signed in, and the way out. */
export function profile({ account, signOutUrl }: SignedIn): HTMLElement {
  return el(
    "section",
    { className: "who" },
    el("img", { src: "/graph/me/photo/$value", alt: "", width: 64, height: 64 }),
    el(
      "div",
      {},
      el("h1", {}, account.name),
      el("p", { className: "soft" }, account.username),
      // To show. What a role allows is for the server: `auth.signedIn({ roles })`.
      account.roles.length > 0 &&
        el("p", { className: "soft" }, `Role: ${account.roles.join(", ")}`),
      el("p", {}, el("a", { href: "/auth/sessions" }, "Your sessions")),
    ),
    // A form, not a fetch: the answer leads to Microsoft, which signs the user out of everything else.
    el(
      "form",
      { method: "post", action: signOutUrl },
      el("button", { className: "button" }, "Sign out everywhere"),
    ),
  );
}

interface Meeting {
  subject: string;
  start: string;
}

/** From a function that this project has of its own. */
export function nextMeeting(visit: Visit): HTMLElement {
  const text = el("p", { className: "soft" }, "Looking it up…");
  const place = el("div", {}, text);
  void guard(visit, place, async () => {
    const response = await call("/my/next-meeting", { signal: visit.signal });
    const { meeting } = (await response.json()) as { meeting: Meeting | null };
    text.textContent = meeting ? describe(meeting) : "None in the coming week.";
    place.replaceChildren(text);
  });
  return el("section", {}, el("h2", {}, "Next meeting"), place);
}

function describe({ subject, start }: Meeting): string {
  const time = new Date(start).toLocaleString(undefined, {
    weekday: "long",
    hour: "2-digit",
    minute: "2-digit",
  });
  return `${subject}, ${time}`;
}
