import { measured } from "../../base/details.ts";
import { html } from "../pages/html.ts";
import type { Language } from "./language.ts";

const ASK_OPERATOR =
  "Volver a intentarlo no servirá: quien administra esta aplicación encontrará la solución en su registro.";

export const es: Language = {
  tag: "es",
  dir: "ltr",

  signIn: "Iniciar sesión",
  signOut: "Cerrar sesión",
  signOutEverywhere: "Cerrar sesión en todas partes",
  signOutAtMicrosoft: "Cerrar sesión en todas partes, también en Microsoft",
  staySignedIn: "Mantener la sesión",
  tryAgain: "Reintentar",
  home: "Inicio",

  signedIn: "Sesión iniciada",
  role: "Puesto",
  office: "Oficina",
  session: "Sesión",
  endsAt: (time) => html`termina el ${time}`,
  profile: "Perfil",
  noProfile: "En este momento no se puede leer de Microsoft Graph.",
  welcome: "Inicie sesión para ver su perfil de Microsoft 365.",

  signedOut: "Sesión cerrada",
  youAreSignedOut: "Ha cerrado la sesión",
  sessionIsOver: (app) => html`Su sesión de ${app} en este navegador ha terminado.`,

  yourSessions: "Sus sesiones",
  whereSignedIn: (name) =>
    name
      ? html`Dónde ${name} tiene la sesión iniciada en esta aplicación.`
      : html`Dónde tiene la sesión iniciada en esta aplicación.`,
  thisOne: "esta",
  boundToThisDevice: "vinculada a este dispositivo",
  boundToItsDevice: "vinculada a su dispositivo",
  someBrowser: "Un navegador",
  signedInSince: (age) => `iniciada ${age}`,
  signedInJustNow: "iniciada ahora mismo",
  endSession: "Cerrar esta sesión",
  signingOutEndsAll:
    "Al cerrar sesión terminan todas, aquí y en las demás aplicaciones de este navegador.",

  signOutQuestion: "¿Cerrar sesión?",
  signOutReaches:
    "Terminarán todas sus sesiones en esta aplicación y las de las demás aplicaciones de este navegador.",
  microsoftReaches:
    "«También en Microsoft» pide a Microsoft que cierre sus sesiones en todos los navegadores y dispositivos.",
  revocation: {
    accepted:
      "Microsoft está cerrando sus sesiones en todos los navegadores y dispositivos. Puede tardar unos minutos.",
    notAsked:
      "No se ha pedido a Microsoft que cierre sus sesiones en otros navegadores y dispositivos.",
    unconfirmed:
      "Microsoft no ha confirmado el cierre de sus sesiones en otros navegadores y dispositivos.",
  },
  notSignedOut: "La sesión sigue abierta",
  notSignedOutYet: "Su sesión todavía no se ha cerrado",
  tokensStillThere:
    "El almacenamiento que guarda sus tokens no responde, por lo que no se han podido eliminar. Vuelva a intentarlo.",

  otherAccount: "¿Otra cuenta?",
  otherAccountQuestion: "¿Iniciar sesión con otra cuenta?",
  linkForSomebodyElse: (name) =>
    html`Ha iniciado sesión${name && html` como ${name}`}. El enlace que ha seguido es para otra persona.`,
  switchAccount: "Cambiar de cuenta",

  titles: {
    badRequest: "Solicitud incorrecta",
    signInRejected: "Inicio de sesión sin completar",
    signedOut: "Sesión cerrada",
    inVain: "Iniciar sesión no ha servido",
    sessionUnbound: "Se necesita otro navegador",
    deviceUnproven: "Dispositivo sin confirmar",
    interactionRequired: "Es necesario iniciar sesión",
    crossSite: "Solicitud de otro sitio",
    forbidden: "No permitido",
    notPermitted: "No disponible",
    overtaken: "Sesión cerrada entretanto",
    requestTooLarge: "Solicitud demasiado grande",
    tooManyCalls: "Demasiadas llamadas a la vez",
    appRefused: "El servicio de inicio de sesión rechaza la aplicación",
    noIdentity: "Identidad administrada no disponible",
    providerUnavailable: "Servicio de inicio de sesión no disponible",
    indexForged: "Cierre de sesión incierto",
    keyMissing: "Clave no disponible",
    storeUnavailable: "Almacenamiento no disponible",
    apiUnavailable: "Servicio no disponible",
    notSetUp: "Aplicación sin configurar",
    internal: "Error interno",
  },

  details: {
    notAForm: "Envíe un formulario con Content-Type: application/x-www-form-urlencoded.",
    formTooLarge: "El formulario es demasiado grande.",
    requestTooLarge: (bytes) =>
      `El contenido es demasiado grande. Aquí se admiten como máximo ${measured("es", bytes, "byte")}.`,
    noLength:
      "Envíe el contenido con Content-Length o llame a app.setup({ enableHttpStream: true }).",
    repeatedParameter: "Un parámetro aparece más de una vez. Envíe cada uno una sola vez.",
    malformedParameter: (name) => `El parámetro ${name} no es válido.`,
    malformedScope:
      "El parámetro scope no es válido. Indique nombres de ámbitos separados por espacios.",
    missingIssuer: "Falta el parámetro iss. Indica con qué proveedor se inicia sesión.",
    otherIssuer:
      "El parámetro iss no es el proveedor con el que se inicia sesión en esta aplicación.",
    noHomeAccountId:
      "Indique el identificador de cuenta principal: <id. de objeto>.<id. de inquilino>.",
    noLogoutToken: "El formulario no contiene logout_token.",
    invalidLogoutToken: "El logout_token no es válido.",
    usedLogoutToken: "El logout_token ya se ha utilizado.",
    logoutTokenOfNobody: "El logout_token no designa a nadie que haya iniciado sesión aquí.",
    crossSite: "Esta solicitud tiene que venir de una página de esta aplicación.",
    tooManyCalls:
      "Hay demasiadas llamadas en curso. Espere a que terminen algunas y vuelva a enviar esta.",

    signedOut: "No ha iniciado sesión.",
    revoked: "Se ha revocado su inicio de sesión.",
    inVain:
      "Acaba de iniciar sesión para esto, y Microsoft Entra ID no ha dado lo que hace falta: un permiso, o un inicio de sesión más fuerte o más reciente. Espere cinco minutos, o pregunte a quien gestiona esta aplicación.",
    sessionUnbound:
      "Esta aplicación vincula su sesión a su dispositivo, y este navegador no lo hace. Inicie sesión con Chrome o Edge: desde la versión 145 en Windows, 147 en macOS.",
    deviceUnproven:
      "Su navegador no ha podido demostrar ahora mismo que esta sesión es suya. Vuelva a intentarlo dentro de un momento.",
    interactionRequired:
      "Microsoft Entra ID le pide que vuelva a iniciar sesión, o que dé su consentimiento, antes de continuar.",
    noCode: "La respuesta de la página de inicio de sesión no contiene ningún código.",
    startAgain: "No se ha podido completar este inicio de sesión. Vuelva a empezar.",
    expired:
      "Este inicio de sesión ha caducado o su respuesta ha llegado dos veces. Vuelva a empezar. Si eso no ayuda, permita las cookies de este sitio.",
    expiredOverHttp:
      "Este inicio de sesión ha caducado o su respuesta ha llegado dos veces. Vuelva a empezar. Si eso no ayuda, permita las cookies de este sitio y, con http simple, use Chrome, Edge o Firefox.",
    unknownState: (url) =>
      `Esto no responde a ningún inicio de sesión que se haya empezado aquí. Vuelva a empezar en ${url}`,
    accessDenied:
      "No ha aceptado lo que pide esta aplicación, por lo que no se ha iniciado la sesión.",
    tenantNotAllowed:
      "Su organización no tiene acceso a esta aplicación. Inicie sesión con otra cuenta.",
    notRecent:
      "Hace falta un inicio de sesión más reciente que el suyo, o el servicio de inicio de sesión no indica cuándo fue el suyo.",
    unusableSid:
      "El servicio de inicio de sesión de su organización identifica las sesiones de una forma con la que esta aplicación no podría cerrar la suya. Comuníquelo a quien administra esta aplicación.",
    overtaken:
      "Su sesión se cerró mientras este inicio de sesión estaba en curso, o poco antes. No se ha completado.",

    forbidden:
      "Ha iniciado sesión, pero no puede hacer esto. Quien administra esta aplicación puede asignarle el rol.",
    notPermitted:
      "Esta aplicación no ofrece esa llamada. Su tabla de permisos enumera las que ofrece.",
    apiUnavailable:
      "Un servicio al que llama esta aplicación no responde. Vuelva a intentarlo dentro de un momento.",
    storeUnavailable: "Table Storage no responde. Vuelva a intentarlo dentro de un momento.",
    providerUnavailable: (seconds) =>
      `Microsoft Entra ID no responde. Vuelva a intentarlo dentro de ${seconds === undefined ? "un momento" : measured("es", seconds, "second")}.`,
    requestRefused: (code) =>
      `Microsoft Entra ID rechaza la solicitud de esta aplicación (${code}). ${ASK_OPERATOR}`,
    credentialRefused: (code) =>
      `Microsoft Entra ID rechaza la credencial de la aplicación (${code}). ${ASK_OPERATOR}`,
    noIdentity:
      "En este momento la aplicación no puede demostrar quién es; su registro indica por qué. Vuelva a intentarlo dentro de un momento.",
    indexForged:
      "Esta aplicación no puede saber si su sesión está cerrada aquí: otra persona ha modificado lo que conduce a ella. Quien administra la aplicación encontrará en su registro qué hacer.",
    keyMissing:
      "Lo que esta aplicación guarda para usted no se puede abrir aquí en este momento. Vuelva a intentarlo dentro de unos minutos; quien la administra encontrará en su registro qué falta.",
    notSetUp:
      "Falta una configuración de esta aplicación, o es incorrecta. Quien la administra encontrará en su registro cuál es y cómo corregirla.",
    internal: "Se ha producido un error. El registro indica cuál.",
  },
};
