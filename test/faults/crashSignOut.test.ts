import { createBrowser } from "../../local/tenant/browserless.ts";
import { type Scenario, testCrashes } from "../support/crashScenario.ts";
import { signLogoutToken } from "../support/logoutToken.ts";
import { ADELE, asOperator, callFrontChannel, sidOf, signedInBrowser } from "../support/user.ts";

const here: Scenario = {
  name: "sign-out by cookie",
  steps: ["delete tokens"],
  async begin(rig) {
    const signedIn = await signedInBrowser(rig);
    const sids = [sidOf(rig, signedIn)];
    const question = await signedIn.get(`${rig.url}/auth/signout`);
    const run = () => signedIn.submit(question.forms[0], { follow: false });
    return { run, sids, signedIn, next: signedIn, signsOut: true };
  },
};

const elsewhere: Scenario = {
  name: "front-channel sign-out",
  steps: ["read sid row", "delete tokens", "replace sid row"],
  async begin(rig) {
    const signedIn = await signedInBrowser(rig);
    const sid = sidOf(rig, signedIn);
    return { run: () => callFrontChannel(rig, sid), sids: [sid], signedIn, signsOut: true };
  },
};

const early: Scenario = {
  name: "front-channel sign-out before its sign-in is complete",
  steps: [
    "read sid row",
    "read early sign-out row",
    "insert early sign-out row",
    "read sid row (2)",
    "read used row",
  ],
  async begin(rig) {
    const browser = createBrowser();
    await browser.signIn(`${rig.url}/auth/signin`, ADELE);
    const sid = sidOf(rig, browser);
    return { run: () => callFrontChannel(rig, sid), sids: [sid], signsOut: true };
  },
};

const operator: Scenario = {
  name: "sign-out by an operator",
  steps: ["read head", "list account rows", "delete tokens", "replace head"],
  async begin(rig) {
    const signedIn = await signedInBrowser(rig);
    const run = () => asOperator(rig, "DELETE");
    return { run, sids: [sidOf(rig, signedIn)], signedIn, signsOut: true };
  },
};

/** The provider sends the same token again. */
const backChannel: Scenario = {
  name: "back-channel sign-out",
  steps: [
    "read used row",
    "read sid row",
    "replace sid row",
    "read tokens",
    "delete tokens",
    "insert used row",
  ],
  async begin(rig) {
    rig.tenant.switches.backchannelLogout = true;
    const signedIn = await signedInBrowser(rig);
    const sid = sidOf(rig, signedIn);
    const body = new URLSearchParams({ logout_token: await signLogoutToken(rig, { sid }) });
    const run = () => fetch(`${rig.url}/auth/backchannel-logout`, { method: "POST", body });
    return { run, sids: [sid], signedIn, signsOut: true };
  },
};

testCrashes([here, elsewhere, early, operator, backChannel]);
