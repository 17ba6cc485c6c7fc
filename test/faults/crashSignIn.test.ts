import type { Rig } from "../../local/rig.ts";
import { createBrowser } from "../../local/tenant/browserless.ts";
import { type Scenario, testCrashes } from "../support/crashScenario.ts";
import { ADELE, ALEX, callFrontChannel, sidOf, signedInBrowser } from "../support/user.ts";

/** Up to the post that brings the authorization response to the app. */
async function beginSignIn(rig: Rig, username = ADELE, browser = createBrowser()) {
  const form = await browser.signIn(`${rig.url}/auth/signin?prompt=select_account`, username);
  return {
    run: () => browser.submit(form, { follow: false }),
    sid: sidOf(rig, browser, username),
    next: browser,
  };
}

const signIn: Scenario = {
  name: "sign-in",
  steps: [
    "insert used row",
    "list account rows",
    "insert used row (2)",
    "insert expiry row",
    "insert sid row",
    "read early sign-out row",
    "insert head + insert tokens",
  ],
  async begin(rig) {
    const { sid, ...begun } = await beginSignIn(rig);
    return { ...begun, sids: [sid] };
  },
};

const joining: Scenario = {
  name: "sign-in with a second browser",
  steps: [
    "insert used row",
    "list account rows",
    "insert used row (2)",
    "insert expiry row",
    "insert sid row",
    "read early sign-out row",
    "replace tokens",
  ],
  async begin(rig) {
    const signedIn = await signedInBrowser(rig);
    const { sid, ...begun } = await beginSignIn(rig);
    return { ...begun, sids: [sid, sidOf(rig, signedIn)], signedIn };
  },
};

const switching: Scenario = {
  name: "sign-in of somebody who had signed out, with another user's browser",
  steps: [
    "insert used row",
    "read tokens",
    "delete tokens",
    "list account rows",
    "insert used row (2)",
    "insert expiry row",
    "insert sid row",
    "read tokens (2)",
    "read early sign-out row",
    "replace head + insert tokens",
  ],
  async begin(rig) {
    const elsewhere = await signedInBrowser(rig, ALEX);
    const earlier = sidOf(rig, elsewhere, ALEX);
    await callFrontChannel(rig, earlier);
    const signedIn = await signedInBrowser(rig);
    const { sid, ...begun } = await beginSignIn(rig, ALEX, signedIn);
    return { ...begun, sids: [sid, earlier, sidOf(rig, signedIn)], signedIn };
  },
};

const refresh: Scenario = {
  name: "refresh",
  steps: ["read tokens", "replace tokens"],
  async begin(rig) {
    const signedIn = await signedInBrowser(rig);
    return {
      run: () => signedIn.fetch(`${rig.url}/graph/me/messages`),
      sids: [sidOf(rig, signedIn)],
      signedIn,
      next: signedIn,
    };
  },
};

testCrashes([signIn, joining, switching, refresh]);
