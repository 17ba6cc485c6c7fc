import { watchSession } from "./watchSession.ts";

/*
 * The script of our own pages. Attributes of the root element say the routes' prefix, whose data the page shows, and where
 * to go after a sign-out.
 */
const { prefix, session, elsewhere } = document.documentElement.dataset;
const goOn = () => (elsewhere ? location.replace(elsewhere) : location.reload());

watchSession({
  prefix,
  session: session && JSON.parse(session),
  onSignedOut() {
    if (session === undefined) return;
    goOn();
    // Back may show this page before the new one was there: it goes on then.
    addEventListener("pageshow", goOn);
    return new Promise(() => {});
  },
});
