import { measured } from "../../base/details.ts";
import { html } from "../pages/html.ts";
import type { Language } from "./language.ts";

const ASK_OPERATOR =
  "Ein neuer Versuch hilft nicht; was hilft, steht im Protokoll der App, das ihre Betreiber einsehen.";

export const de: Language = {
  tag: "de",
  dir: "ltr",

  signIn: "Anmelden",
  signOut: "Abmelden",
  signOutEverywhere: "Überall abmelden",
  signOutAtMicrosoft: "Überall abmelden, auch bei Microsoft",
  staySignedIn: "Angemeldet bleiben",
  tryAgain: "Erneut versuchen",
  home: "Startseite",

  signedIn: "Angemeldet",
  role: "Position",
  office: "Büro",
  session: "Sitzung",
  endsAt: (time) => html`endet am ${time}`,
  profile: "Profil",
  noProfile: "Es lässt sich gerade nicht aus Microsoft Graph lesen.",
  welcome: "Melden Sie sich an, um Ihr Microsoft 365-Profil zu sehen.",

  signedOut: "Abgemeldet",
  youAreSignedOut: "Sie sind abgemeldet",
  sessionIsOver: (app) => html`Ihre Sitzung bei ${app} in diesem Browser ist beendet.`,

  yourSessions: "Ihre Sitzungen",
  whereSignedIn: (name) =>
    html`Wo ${name ? html`${name} bei dieser App angemeldet ist` : "Sie bei dieser App angemeldet sind"}.`,
  thisOne: "diese hier",
  boundToThisDevice: "an dieses Gerät gebunden",
  boundToItsDevice: "an ihr Gerät gebunden",
  someBrowser: "Ein Browser",
  signedInSince: (age) => `angemeldet ${age}`,
  signedInJustNow: "gerade angemeldet",
  endSession: "Sitzung beenden",
  signingOutEndsAll:
    "Das Abmelden beendet alle Sitzungen, hier und in jeder anderen App dieses Browsers.",

  signOutQuestion: "Abmelden?",
  signOutReaches:
    "Damit enden alle Ihre Sitzungen in dieser App und die jeder anderen App dieses Browsers.",
  microsoftReaches:
    "„Auch bei Microsoft“ bittet Microsoft, Ihre Sitzungen in allen Browsern und auf allen Geräten zu beenden.",
  revocation: {
    accepted:
      "Microsoft beendet Ihre Sitzungen in allen Browsern und auf allen Geräten. Das kann einige Minuten dauern.",
    notAsked:
      "Microsoft wurde nicht gebeten, Ihre Sitzungen in anderen Browsern und auf anderen Geräten zu beenden.",
    unconfirmed:
      "Microsoft hat nicht bestätigt, dass Ihre Sitzungen in anderen Browsern und auf anderen Geräten beendet werden.",
  },
  notSignedOut: "Noch nicht abgemeldet",
  notSignedOutYet: "Sie sind noch nicht abgemeldet",
  tokensStillThere:
    "Der Speicher mit Ihren Token antwortet nicht, deshalb konnten sie nicht gelöscht werden. Bitte versuchen Sie es erneut.",

  otherAccount: "Anderes Konto?",
  otherAccountQuestion: "Mit einem anderen Konto anmelden?",
  linkForSomebodyElse: (name) =>
    html`Sie sind${name && html` als ${name}`} angemeldet. Der Link, dem Sie gefolgt sind, ist für jemand anderen.`,
  switchAccount: "Konto wechseln",

  titles: {
    badRequest: "Ungültige Anfrage",
    signInRejected: "Anmeldung nicht abgeschlossen",
    signedOut: "Abgemeldet",
    inVain: "Die Anmeldung hat nicht geholfen",
    sessionUnbound: "Anderer Browser nötig",
    deviceUnproven: "Gerät nicht bestätigt",
    interactionRequired: "Anmeldung erforderlich",
    crossSite: "Anfrage von einer anderen Website",
    forbidden: "Nicht erlaubt",
    notPermitted: "Nicht angeboten",
    overtaken: "Inzwischen abgemeldet",
    requestTooLarge: "Anfrage zu groß",
    tooManyCalls: "Zu viele Aufrufe auf einmal",
    appRefused: "App vom Anmeldedienst abgelehnt",
    noIdentity: "Verwaltete Identität nicht verfügbar",
    providerUnavailable: "Anmeldedienst nicht verfügbar",
    indexForged: "Abmeldung ungewiss",
    keyMissing: "Schlüssel nicht verfügbar",
    storeUnavailable: "Speicher nicht verfügbar",
    apiUnavailable: "Dienst nicht verfügbar",
    notSetUp: "App nicht eingerichtet",
    internal: "Interner Fehler",
  },

  details: {
    notAForm: "Senden Sie ein Formular mit Content-Type: application/x-www-form-urlencoded.",
    formTooLarge: "Das Formular ist zu groß.",
    requestTooLarge: (bytes) =>
      `Der Inhalt ist zu groß. Hier werden höchstens ${measured("de", bytes, "byte")} angenommen.`,
    noLength:
      "Senden Sie den Inhalt mit Content-Length, oder rufen Sie app.setup({ enableHttpStream: true }) auf.",
    repeatedParameter: "Ein Parameter kommt mehrmals vor. Senden Sie jeden nur einmal.",
    malformedParameter: (name) => `Der Parameter ${name} ist ungültig.`,
    malformedScope:
      "Der Parameter scope ist ungültig. Geben Sie Namen von Berechtigungen an, mit Leerzeichen dazwischen.",
    missingIssuer:
      "Der Parameter iss fehlt. Er gibt an, bei welchem Anbieter die Anmeldung stattfindet.",
    otherIssuer: "Der Parameter iss nennt nicht den Anbieter, der bei dieser App anmeldet.",
    noHomeAccountId: "Geben Sie die Home Account ID des Kontos an: <Objekt-ID>.<Mandanten-ID>.",
    noLogoutToken: "Im Formular fehlt logout_token.",
    invalidLogoutToken: "Das logout_token ist ungültig.",
    usedLogoutToken: "Das logout_token wurde bereits verwendet.",
    logoutTokenOfNobody: "Das logout_token nennt niemanden, der sich hier angemeldet hat.",
    crossSite: "Diese Anfrage muss von einer Seite dieser App kommen.",
    tooManyCalls:
      "Es laufen zu viele Aufrufe. Warten Sie, bis einige davon fertig sind, und senden Sie diesen dann noch einmal.",

    signedOut: "Sie sind nicht angemeldet.",
    revoked: "Ihre Anmeldung wurde widerrufen.",
    inVain:
      "Sie haben sich gerade dafür angemeldet, und Microsoft Entra ID hat nicht gegeben, was es braucht: eine Berechtigung oder eine stärkere oder neuere Anmeldung. Warten Sie fünf Minuten, oder fragen Sie, wer diese App betreibt.",
    sessionUnbound:
      "Diese App bindet Ihre Anmeldung an Ihr Gerät, und dieser Browser tut das nicht. Melden Sie sich mit Chrome oder Edge an: ab Version 145 unter Windows, ab 147 unter macOS.",
    deviceUnproven:
      "Ihr Browser konnte gerade nicht nachweisen, dass diese Anmeldung seine ist. Versuchen Sie es gleich noch einmal.",
    interactionRequired:
      "Microsoft Entra ID verlangt, dass Sie sich erneut anmelden oder etwas zustimmen, bevor es weitergeht.",
    noCode: "Die Antwort der Anmeldeseite enthält keinen Code.",
    startAgain: "Diese Anmeldung konnte nicht abgeschlossen werden. Bitte beginnen Sie von vorn.",
    expired:
      "Diese Anmeldung ist abgelaufen, oder ihre Antwort kam zweimal. Bitte beginnen Sie von vorn. Wenn das nicht hilft, lassen Sie Cookies für diese Website zu.",
    expiredOverHttp:
      "Diese Anmeldung ist abgelaufen, oder ihre Antwort kam zweimal. Bitte beginnen Sie von vorn. Wenn das nicht hilft, lassen Sie Cookies für diese Website zu, und verwenden Sie über einfaches http Chrome, Edge oder Firefox.",
    unknownState: (url) =>
      `Das ist keine Antwort auf eine Anmeldung, die hier begonnen wurde. Beginnen Sie von vorn: ${url}`,
    accessDenied:
      "Sie haben dem, was diese App anfragt, nicht zugestimmt und sind daher nicht angemeldet.",
    tenantNotAllowed:
      "Ihre Organisation hat keinen Zugriff auf diese App. Melden Sie sich mit einem anderen Konto an.",
    notRecent:
      "Dafür muss Ihre Anmeldung jünger sein, oder der Anmeldedienst gibt nicht an, wie alt sie ist.",
    unusableSid:
      "Der Anmeldedienst Ihrer Organisation benennt seine Sitzungen so, dass diese App Sie darüber nicht abmelden könnte. Sagen Sie es den Betreibern dieser App.",
    overtaken:
      "Sie wurden abgemeldet, während diese Anmeldung noch lief oder kurz davor. Sie wurde nicht abgeschlossen.",

    forbidden:
      "Sie sind angemeldet, dürfen das aber nicht. Wer diese App betreibt, kann Ihnen die Rolle geben.",
    notPermitted:
      "Diesen Aufruf bietet diese App nicht an. Welche sie anbietet, steht in ihrer Berechtigungstabelle.",
    apiUnavailable:
      "Ein Dienst, den diese App aufruft, antwortet nicht. Versuchen Sie es gleich noch einmal.",
    storeUnavailable: "Table Storage antwortet nicht. Versuchen Sie es gleich noch einmal.",
    providerUnavailable: (seconds) =>
      seconds === undefined
        ? "Microsoft Entra ID antwortet nicht. Versuchen Sie es gleich noch einmal."
        : `Microsoft Entra ID antwortet nicht. Versuchen Sie es in ${measured("de", seconds, "second")} noch einmal.`,
    requestRefused: (code) =>
      `Microsoft Entra ID lehnt die Anfrage dieser App ab (${code}). ${ASK_OPERATOR}`,
    credentialRefused: (code) =>
      `Microsoft Entra ID lehnt die Anmeldeinformationen der App ab (${code}). ${ASK_OPERATOR}`,
    noIdentity:
      "Die App kann sich gerade nicht ausweisen; der Grund steht in ihrem Protokoll. Versuchen Sie es gleich noch einmal.",
    indexForged:
      "Diese App kann nicht sagen, ob Sie hier abgemeldet sind: Was zu Ihrer Sitzung führt, wurde von jemand anderem verändert. Was zu tun ist, finden die Betreiber der App in deren Protokoll.",
    keyMissing:
      "Was diese App für Sie aufbewahrt, lässt sich hier gerade nicht öffnen. Versuchen Sie es in einigen Minuten noch einmal; was fehlt, finden die Betreiber der App in deren Protokoll.",
    notSetUp:
      "Eine Einstellung dieser App fehlt oder ist falsch. Welche, und wie sie zu berichtigen ist, finden die Betreiber in deren Protokoll.",
    internal: "Hier ist etwas schiefgegangen. Was, steht im Protokoll.",
  },
};
