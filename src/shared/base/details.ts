/**
 * What a user is told of an error, in English. Other languages have the same names (web/languages), and a part that
 * varies is a parameter. Nothing here repeats what a request has sent.
 */
export const ENGLISH = {
  notAForm: "Send a form, with Content-Type: application/x-www-form-urlencoded.",
  formTooLarge: "The form is too large.",
  requestTooLarge: (bytes: number) =>
    `The body is too large. At most ${measured("en", bytes, "byte")} are taken here.`,
  noLength: "Send the body with a Content-Length, or call app.setup({ enableHttpStream: true }).",
  repeatedParameter: "A parameter comes more than once. Send each one once.",
  malformedParameter: (name: string) => `The ${name} parameter is malformed.`,
  malformedScope: "The scope parameter is malformed. Give scope names with spaces between them.",
  missingIssuer: "The iss parameter is missing. It says which provider is to sign in.",
  otherIssuer: "The iss parameter is not the provider that signs in to this app.",
  noHomeAccountId: "Give the account's home account id: <object id>.<tenant id>.",
  noLogoutToken: "The form has no logout_token.",
  invalidLogoutToken: "The logout_token is not valid.",
  usedLogoutToken: "The logout_token has been used.",
  logoutTokenOfNobody: "The logout_token names nobody who has signed in here.",
  crossSite: "This request has to come from a page of this app.",
  tooManyCalls:
    "Too many calls are under way. Wait for some of them to end, then send this one again.",

  signedOut: "You are not signed in.",
  revoked: "Your sign-in has been revoked.",
  interactionRequired:
    "Microsoft Entra ID asks you to sign in again, or to agree to something, before this can go on.",
  inVain:
    "You have just signed in for this, and Microsoft Entra ID has not given what it needs: a permission, or a stronger or more recent sign-in. Wait five minutes, or ask whoever runs this app.",
  sessionUnbound:
    "This app locks your sign-in to your device, and this browser does not do that. Sign in with Chrome or Edge: version 145 or later on Windows, 147 or later on macOS.",
  deviceUnproven:
    "Your browser could not prove just now that this sign-in is its own. Try again in a moment.",
  noCode: "The sign-in page's answer has no code in it.",
  startAgain: "This sign-in could not be completed. Please start again.",
  expired:
    "This sign-in has expired, or its answer came twice. Please start again. If that does not help, allow cookies for this site.",
  expiredOverHttp:
    "This sign-in has expired, or its answer came twice. Please start again. If that does not help, allow cookies for this site, and over plain http use Chrome, Edge or Firefox.",
  unknownState: (url: string) =>
    `This is no answer to a sign-in that was started here. Start again at ${url}.`,
  accessDenied: "You did not agree to what this app asks for, so you are not signed in.",
  tenantNotAllowed: "Your organization has no access to this app. Sign in with another account.",
  notRecent:
    "This needs a sign-in that is more recent than yours, or the sign-in service does not say how old yours is.",
  unusableSid:
    "This app could not sign you out later: your organization's sign-in service gives its sessions unusable names. Tell whoever runs this app.",
  overtaken:
    "You were signed out while this sign-in was still running, or shortly before. It has not been completed.",

  forbidden: "You are signed in, and may not do this. Whoever runs this app can give you the role.",
  notPermitted: "This app does not offer that call. Its permission table lists the ones it does.",
  apiUnavailable: "A service that this app calls does not answer. Try again in a moment.",
  storeUnavailable: "Table Storage does not answer. Try again in a moment.",
  providerUnavailable: (seconds: number | undefined) =>
    `Microsoft Entra ID does not answer. Try again in ${seconds === undefined ? "a moment" : measured("en", seconds, "second")}.`,
  requestRefused: (code: string) =>
    `Microsoft Entra ID refuses this app's request (${code}). Trying again does not help: whoever runs this app finds in its log what does.`,
  credentialRefused: (code: string) =>
    `Microsoft Entra ID refuses the app's credential (${code}). Trying again does not help: whoever runs this app finds in its log what does.`,
  noIdentity:
    "The app cannot prove who it is at the moment. Its log says why. Try again in a moment.",
  indexForged:
    "This app cannot tell whether you are signed out here: somebody else has changed the record of your session. Whoever runs this app finds in its log what to do.",
  keyMissing:
    "What this app holds for you cannot be opened here at the moment. Try again in a few minutes; whoever runs this app finds in its log what is missing.",
  notSetUp:
    "A setting of this app is missing or wrong. Whoever runs it finds in its log which one, and how to put it right.",
  internal: "Something went wrong here. The log says what.",
};

/** The sentences of one language. */
export type Details = typeof ENGLISH;

/** Picks what a user is told, in the language of the table that it is given. */
export type Tell = (say: Details) => string;

/** Such as `60 seconds`, in the language of the tag. */
export function measured(
  tag: string,
  amount: number,
  unit: "byte" | "second",
  unitDisplay: "long" | "short" = "long",
): string {
  return new Intl.NumberFormat(tag, { style: "unit", unit, unitDisplay }).format(amount);
}
