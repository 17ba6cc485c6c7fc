import { ENGLISH } from "../../base/details.ts";
import { html } from "../pages/html.ts";
import type { Language } from "./language.ts";

export const en: Language = {
  tag: "en",
  dir: "ltr",

  signIn: "Sign in",
  signOut: "Sign out",
  signOutEverywhere: "Sign out everywhere",
  signOutAtMicrosoft: "Sign out everywhere, also at Microsoft",
  staySignedIn: "Stay signed in",
  tryAgain: "Try again",
  home: "Home",

  signedIn: "Signed in",
  role: "Role",
  office: "Office",
  session: "Session",
  endsAt: (time) => html`ends ${time}`,
  profile: "Profile",
  noProfile: "It cannot be read from Microsoft Graph right now.",
  welcome: "Sign in to see your Microsoft 365 profile.",

  signedOut: "Signed out",
  youAreSignedOut: "You are signed out",
  sessionIsOver: (app) => html`Your session with ${app} in this browser is over.`,

  yourSessions: "Your sessions",
  whereSignedIn: (name) =>
    html`Where ${name ? html`${name} is` : "you are"} signed in to this app.`,
  thisOne: "this one",
  boundToThisDevice: "bound to this device",
  boundToItsDevice: "bound to its device",
  someBrowser: "A browser",
  signedInSince: (age) => `signed in ${age}`,
  signedInJustNow: "signed in just now",
  endSession: "End session",
  signingOutEndsAll: "Signing out ends all of them, here and in every other app of this browser.",

  signOutQuestion: "Sign out?",
  signOutReaches:
    "This ends all your sessions in this app, and those of every other app of this browser.",
  microsoftReaches:
    "“Also at Microsoft” asks Microsoft to end your sessions in all browsers and on all devices.",
  revocation: {
    accepted:
      "Microsoft is ending your sessions in all browsers and on all devices. That may take some minutes.",
    notAsked:
      "Microsoft was not asked to end your sessions in other browsers and on other devices.",
    unconfirmed:
      "Microsoft has not confirmed that it ends your sessions in other browsers and on other devices.",
  },
  notSignedOut: "Not signed out yet",
  notSignedOutYet: "You are not signed out yet",
  tokensStillThere:
    "The storage that holds your tokens does not answer, so they could not be deleted. Please try again.",

  otherAccount: "Another account?",
  otherAccountQuestion: "Sign in with another account?",
  linkForSomebodyElse: (name) =>
    html`You are signed in${name && html` as ${name}`}. The link that you followed is for somebody else.`,
  switchAccount: "Switch account",

  titles: {
    badRequest: "Bad request",
    signInRejected: "Sign-in not completed",
    signedOut: "Signed out",
    interactionRequired: "Sign-in needed",
    inVain: "Signing in did not help",
    sessionUnbound: "Another browser needed",
    deviceUnproven: "Device not confirmed",
    crossSite: "Cross-site request",
    forbidden: "Not allowed",
    notPermitted: "Not offered",
    overtaken: "Signed out meanwhile",
    requestTooLarge: "Request too large",
    tooManyCalls: "Too many calls at once",
    appRefused: "App refused by the sign-in service",
    noIdentity: "Managed identity not available",
    providerUnavailable: "Sign-in service not available",
    indexForged: "Sign-out not certain",
    keyMissing: "Key not available",
    storeUnavailable: "Storage not available",
    apiUnavailable: "Service not available",
    notSetUp: "App not set up",
    internal: "Internal error",
  },
  details: ENGLISH,
};
