import { measured } from "../../base/details.ts";
import { html } from "../pages/html.ts";
import type { Language } from "./language.ts";

const ASK_OPERATOR =
  "Réessayer n’y changera rien : la solution se trouve dans le journal de l’application, que consultent ses responsables.";

export const fr: Language = {
  tag: "fr",
  dir: "ltr",

  signIn: "Se connecter",
  signOut: "Se déconnecter",
  signOutEverywhere: "Se déconnecter partout",
  signOutAtMicrosoft: "Se déconnecter partout, y compris chez Microsoft",
  staySignedIn: "Rester connecté",
  tryAgain: "Réessayer",
  home: "Accueil",

  signedIn: "Connecté",
  role: "Fonction",
  office: "Bureau",
  session: "Session",
  endsAt: (time) => html`se termine le ${time}`,
  profile: "Profil",
  noProfile: "Impossible de le lire dans Microsoft Graph pour le moment.",
  welcome: "Connectez-vous pour voir votre profil Microsoft 365.",

  signedOut: "Déconnecté",
  youAreSignedOut: "Vous êtes déconnecté",
  sessionIsOver: (app) => html`Votre session ${app} dans ce navigateur est terminée.`,

  yourSessions: "Vos sessions",
  whereSignedIn: (name) =>
    name
      ? html`Les sessions de ${name} dans cette application.`
      : html`Vos sessions dans cette application.`,
  thisOne: "celle-ci",
  boundToThisDevice: "liée à cet appareil",
  boundToItsDevice: "liée à son appareil",
  someBrowser: "Un navigateur",
  signedInSince: (age) => `connexion ${age}`,
  signedInJustNow: "connexion à l’instant",
  endSession: "Mettre fin à la session",
  signingOutEndsAll:
    "Se déconnecter met fin à toutes ces sessions, ici et dans toutes les autres applications de ce navigateur.",

  signOutQuestion: "Se déconnecter ?",
  signOutReaches:
    "Toutes vos sessions dans cette application prendront fin, ainsi que celles de toutes les autres applications de ce navigateur.",
  microsoftReaches:
    "« Y compris chez Microsoft » demande à Microsoft de mettre fin à vos sessions dans tous les navigateurs et sur tous les appareils.",
  revocation: {
    accepted:
      "Microsoft met fin à vos sessions dans tous les navigateurs et sur tous les appareils. Cela peut prendre quelques minutes.",
    notAsked:
      "Il n’a pas été demandé à Microsoft de mettre fin à vos sessions dans d’autres navigateurs et sur d’autres appareils.",
    unconfirmed:
      "Microsoft n’a pas confirmé la fin de vos sessions dans d’autres navigateurs et sur d’autres appareils.",
  },
  notSignedOut: "Pas encore déconnecté",
  notSignedOutYet: "Vous n’êtes pas encore déconnecté",
  tokensStillThere:
    "Le stockage qui contient vos jetons ne répond pas : ils n’ont pas pu être supprimés. Veuillez réessayer.",

  otherAccount: "Un autre compte ?",
  otherAccountQuestion: "Se connecter avec un autre compte ?",
  linkForSomebodyElse: (name) =>
    html`Vous êtes connecté${name && html` en tant que ${name}`}. Le lien que vous avez suivi est destiné à quelqu’un d’autre.`,
  switchAccount: "Changer de compte",

  titles: {
    badRequest: "Requête incorrecte",
    signInRejected: "Connexion non aboutie",
    signedOut: "Déconnecté",
    inVain: "La connexion n’a rien changé",
    sessionUnbound: "Autre navigateur nécessaire",
    deviceUnproven: "Appareil non confirmé",
    interactionRequired: "Connexion requise",
    crossSite: "Requête d’un autre site",
    forbidden: "Non autorisé",
    notPermitted: "Non proposé",
    overtaken: "Déconnecté entre-temps",
    requestTooLarge: "Requête trop volumineuse",
    tooManyCalls: "Trop d’appels à la fois",
    appRefused: "Application refusée par le service de connexion",
    noIdentity: "Identité managée indisponible",
    providerUnavailable: "Service de connexion indisponible",
    indexForged: "Déconnexion incertaine",
    keyMissing: "Clé indisponible",
    storeUnavailable: "Stockage indisponible",
    apiUnavailable: "Service indisponible",
    notSetUp: "Application non configurée",
    internal: "Erreur interne",
  },

  details: {
    notAForm: "Envoyez un formulaire avec Content-Type: application/x-www-form-urlencoded.",
    formTooLarge: "Le formulaire est trop volumineux.",
    requestTooLarge: (bytes) =>
      `Le contenu est trop volumineux. La limite est ici de ${measured("fr", bytes, "byte")}.`,
    noLength:
      "Envoyez le contenu avec Content-Length, ou appelez app.setup({ enableHttpStream: true }).",
    repeatedParameter: "Un paramètre figure plusieurs fois. N’envoyez chacun qu’une seule fois.",
    malformedParameter: (name) => `Le paramètre ${name} est incorrect.`,
    malformedScope:
      "Le paramètre scope est incorrect. Indiquez des noms d’étendues séparés par des espaces.",
    missingIssuer: "Le paramètre iss est absent. Il indique le fournisseur qui doit connecter.",
    otherIssuer: "Le paramètre iss n’est pas le fournisseur qui connecte à cette application.",
    noHomeAccountId: "Indiquez l’identifiant de compte d’origine : <ID d’objet>.<ID de locataire>.",
    noLogoutToken: "Le formulaire ne contient pas de logout_token.",
    invalidLogoutToken: "Le logout_token n’est pas valide.",
    usedLogoutToken: "Le logout_token a déjà été utilisé.",
    logoutTokenOfNobody: "Le logout_token ne désigne personne qui se soit connecté ici.",
    crossSite: "Cette requête doit provenir d’une page de cette application.",
    tooManyCalls:
      "Trop d’appels sont en cours. Attendez que certains se terminent, puis renvoyez celui-ci.",

    signedOut: "Vous n’êtes pas connecté.",
    revoked: "Votre connexion a été révoquée.",
    inVain:
      "Vous venez de vous connecter pour cela, et Microsoft Entra ID n’a pas donné ce qu’il faut : une autorisation, ou une connexion plus forte ou plus récente. Attendez cinq minutes, ou demandez à la personne qui gère cette application.",
    sessionUnbound:
      "Cette application lie votre connexion à votre appareil, et ce navigateur ne le fait pas. Connectez-vous avec Chrome ou Edge : à partir de la version 145 sous Windows, 147 sous macOS.",
    deviceUnproven:
      "Votre navigateur n’a pas pu prouver à l’instant que cette connexion est la sienne. Réessayez dans un instant.",
    interactionRequired:
      "Microsoft Entra ID vous demande de vous reconnecter ou de donner votre accord avant de continuer.",
    noCode: "La réponse de la page de connexion ne contient pas de code.",
    startAgain: "Cette connexion n’a pas pu aboutir. Veuillez recommencer.",
    expired:
      "Cette connexion a expiré, ou sa réponse est arrivée deux fois. Veuillez recommencer. Si cela ne suffit pas, autorisez les cookies pour ce site.",
    expiredOverHttp:
      "Cette connexion a expiré, ou sa réponse est arrivée deux fois. Veuillez recommencer. Si cela ne suffit pas, autorisez les cookies pour ce site et, en http simple, utilisez Chrome, Edge ou Firefox.",
    unknownState: (url) =>
      `Ceci ne répond à aucune connexion commencée ici. Recommencez à l’adresse ${url}`,
    accessDenied:
      "Vous n’avez pas accepté ce que cette application demande : vous n’êtes donc pas connecté.",
    tenantNotAllowed:
      "Votre organisation n’a pas accès à cette application. Connectez-vous avec un autre compte.",
    notRecent:
      "Une connexion plus récente que la vôtre est nécessaire, ou le service de connexion n’indique pas de quand date la vôtre.",
    unusableSid:
      "Le service de connexion de votre organisation nomme ses sessions d’une manière qui ne permettrait pas à cette application de vous déconnecter. Signalez-le aux responsables de l’application.",
    overtaken:
      "Vous avez été déconnecté pendant cette connexion, ou peu avant. Elle n’a pas abouti.",

    forbidden:
      "Vous êtes connecté, mais cela ne vous est pas permis. La personne qui gère cette application peut vous donner le rôle.",
    notPermitted:
      "Cette application ne propose pas cet appel. Sa table d’autorisations énumère ceux qu’elle propose.",
    apiUnavailable:
      "Un service que cette application appelle ne répond pas. Réessayez dans un instant.",
    storeUnavailable: "Table Storage ne répond pas. Réessayez dans un instant.",
    providerUnavailable: (seconds) =>
      `Microsoft Entra ID ne répond pas. Réessayez dans ${seconds === undefined ? "un instant" : measured("fr", seconds, "second")}.`,
    requestRefused: (code) =>
      `Microsoft Entra ID refuse la requête de cette application (${code}). ${ASK_OPERATOR}`,
    credentialRefused: (code) =>
      `Microsoft Entra ID refuse les informations d’identification de l’application (${code}). ${ASK_OPERATOR}`,
    noIdentity:
      "L’application ne peut pas prouver son identité pour le moment ; son journal en indique la raison. Réessayez dans un instant.",
    indexForged:
      "Cette application ne peut pas dire si vous êtes déconnecté ici : ce qui mène à votre session a été modifié par quelqu’un d’autre. Ses responsables trouvent dans son journal ce qu’il faut faire.",
    keyMissing:
      "Ce que cette application conserve pour vous ne peut pas être ouvert ici pour le moment. Réessayez dans quelques minutes ; ses responsables trouvent dans son journal ce qui manque.",
    notSetUp:
      "Un paramètre de cette application est absent ou incorrect. Ses responsables trouvent dans son journal lequel, et comment le corriger.",
    internal: "Une erreur s’est produite ici. Le journal dit laquelle.",
  },
};
