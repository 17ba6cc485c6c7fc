import { watchSession } from "./watchSession.ts";

/*
 * The script of our own pages. Attributes of the root element say the routes' prefix, and whose data the page shows: when
 * that is over, it gives way to the page that says so.
 */
const { prefix, session } = document.documentElement.dataset;
const leave = () => location.replace([prefix, "auth/signed-out"].join("/"));

watchSession({
  prefix,
  session: session && JSON.parse(session),
  onSignedOut() {
    if (session === undefined) return;
    leave();
    // Back may show this page before the new one was there: it goes on then.
    addEventListener("pageshow", leave);
    return new Promise(() => {});
  },
});
