import { watchSession } from "./watchSession.ts";

/*
 * The script in the pages that are served signed in: where the routes have a prefix, they say which. Those that show somebody's data name whose, on their root
 * element; what they show instead after a sign-out is for the server to say.
 */
const { prefix, session, elsewhere } = document.documentElement.dataset;
const goOn = () => (elsewhere ? location.replace(elsewhere) : location.reload());

watchSession({
  prefix,
  session: session && JSON.parse(session),
  onSignedOut() {
    if (session === undefined) return;
    goOn();
    // Left before the new page was there: it will be left hidden.
    addEventListener("pageshow", goOn);
    return new Promise(() => {});
  },
});
