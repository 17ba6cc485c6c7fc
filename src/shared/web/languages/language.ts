import type { Details } from "../../base/details.ts";
import type { Revocation } from "../../session/revocationCookie.ts";
import type { Html } from "../pages/html.ts";

/** All that the pages and problems say, in one language. What is {@link Html} already comes in `<bdi>` where others have chosen it. */
export interface Language {
  /** RFC 5646. */
  readonly tag: string;
  readonly dir: "ltr" | "rtl";

  readonly signIn: string;
  readonly signOut: string;
  readonly signOutEverywhere: string;
  readonly signOutAtMicrosoft: string;
  readonly staySignedIn: string;
  readonly tryAgain: string;
  readonly home: string;

  readonly signedIn: string;
  readonly role: string;
  readonly office: string;
  readonly session: string;
  readonly endsAt: (time: Html) => Html;
  readonly profile: string;
  readonly noProfile: string;
  readonly welcome: string;

  readonly signedOut: string;
  readonly youAreSignedOut: string;
  readonly sessionIsOver: (app: Html) => Html;

  readonly yourSessions: string;
  /** @param name Undefined for who has none. */
  readonly whereSignedIn: (name: Html | undefined) => Html;
  readonly thisOne: string;
  readonly boundToThisDevice: string;
  readonly boundToItsDevice: string;
  readonly someBrowser: string;
  /** @param age Such as `3 days ago`. */
  readonly signedInSince: (age: string) => string;
  readonly signedInJustNow: string;
  readonly endSession: string;
  readonly signingOutEndsAll: string;

  readonly signOutQuestion: string;
  readonly signOutReaches: string;
  readonly microsoftReaches: string;
  readonly revocation: Readonly<Record<Revocation, string>>;
  readonly notSignedOut: string;
  readonly notSignedOutYet: string;
  readonly tokensStillThere: string;

  readonly otherAccount: string;
  readonly otherAccountQuestion: string;
  /** @param name Undefined for who has none. */
  readonly linkForSomebodyElse: (name: Html | undefined) => Html;
  readonly switchAccount: string;

  /** By what is in the way (`title` of RFC 9457). */
  readonly titles: Readonly<Record<Title, string>>;
  readonly details: Details;
}

export type Title =
  | "badRequest"
  | "signInRejected"
  | "signedOut"
  | "interactionRequired"
  | "inVain"
  | "sessionUnbound"
  | "deviceUnproven"
  | "crossSite"
  | "forbidden"
  | "notPermitted"
  | "overtaken"
  | "requestTooLarge"
  | "tooManyCalls"
  | "appRefused"
  | "noIdentity"
  | "providerUnavailable"
  | "indexForged"
  | "keyMissing"
  | "storeUnavailable"
  | "apiUnavailable"
  | "notSetUp"
  | "internal";
