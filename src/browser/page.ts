import { watchSession } from "./watchSession.ts";

/*
 * The script in the pages that are served signed in. Those that show somebody's data name whose, on their root
 * element; what they show instead after a sign-out is for the server to say.
 */
const { session } = document.documentElement.dataset;

watchSession({
  session: session && JSON.parse(session),
  onSignedOut() {
    if (session === undefined) return;
    location.reload();
    // Left before the new page was there: it will be left hidden.
    addEventListener("pageshow", () => location.reload());
    return new Promise(() => {});
  },
});
