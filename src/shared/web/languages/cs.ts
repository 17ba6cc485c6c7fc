import { measured } from "../../base/details.ts";
import { html } from "../pages/html.ts";
import type { Language } from "./language.ts";

const ASK_OPERATOR =
  "Další pokus nepomůže: co pomůže, najde správce této aplikace v jejím protokolu.";

export const cs: Language = {
  tag: "cs",
  dir: "ltr",

  signIn: "Přihlásit se",
  signOut: "Odhlásit se",
  signOutEverywhere: "Odhlásit se všude",
  signOutAtMicrosoft: "Odhlásit se všude, i u Microsoftu",
  staySignedIn: "Zůstat přihlášeni",
  tryAgain: "Zkusit znovu",
  home: "Domů",

  signedIn: "Přihlášení",
  role: "Pozice",
  office: "Kancelář",
  session: "Relace",
  endsAt: (time) => html`skončí ${time}`,
  profile: "Profil",
  noProfile: "Z Microsoft Graphu se teď nedá načíst.",
  welcome: "Přihlaste se a uvidíte svůj profil Microsoft 365.",

  signedOut: "Odhlášení",
  youAreSignedOut: "Jste odhlášeni",
  sessionIsOver: (app) => html`Vaše relace v aplikaci ${app} v tomto prohlížeči skončila.`,

  yourSessions: "Vaše relace",
  whereSignedIn: (name) =>
    name
      ? html`Kde je ${name} v této aplikaci přihlášen(a).`
      : html`Kde jste v této aplikaci přihlášeni.`,
  thisOne: "tato",
  boundToThisDevice: "vázáno na toto zařízení",
  boundToItsDevice: "vázáno na své zařízení",
  someBrowser: "Prohlížeč",
  signedInSince: (age) => `přihlášení ${age}`,
  signedInJustNow: "přihlášení právě teď",
  endSession: "Ukončit relaci",
  signingOutEndsAll:
    "Odhlášení je ukončí všechny, zde i ve všech ostatních aplikacích tohoto prohlížeče.",

  signOutQuestion: "Odhlásit se?",
  signOutReaches:
    "Skončí všechny vaše relace v této aplikaci a v tomto prohlížeči i ve všech ostatních aplikacích.",
  microsoftReaches:
    "Volba „i u Microsoftu“ požádá Microsoft, aby ukončil vaše relace ve všech prohlížečích a na všech zařízeních.",
  revocation: {
    accepted:
      "Microsoft ukončuje vaše relace ve všech prohlížečích a na všech zařízeních. Může to trvat několik minut.",
    notAsked:
      "Microsoft nebyl požádán, aby ukončil vaše relace v jiných prohlížečích a na jiných zařízeních.",
    unconfirmed:
      "Microsoft nepotvrdil, že ukončuje vaše relace v jiných prohlížečích a na jiných zařízeních.",
  },
  notSignedOut: "Ještě neodhlášeno",
  notSignedOutYet: "Ještě nejste odhlášeni",
  tokensStillThere:
    "Úložiště, ve kterém jsou vaše tokeny, neodpovídá, a proto je nebylo možné smazat. Zkuste to prosím znovu.",

  otherAccount: "Jiný účet?",
  otherAccountQuestion: "Přihlásit se jiným účtem?",
  linkForSomebodyElse: (name) =>
    html`Jste přihlášeni${name && html` jako ${name}`}. Odkaz, na který jste přešli, je pro někoho jiného.`,
  switchAccount: "Změnit účet",

  titles: {
    badRequest: "Chybný požadavek",
    signInRejected: "Přihlášení nedokončeno",
    signedOut: "Odhlášeno",
    inVain: "Přihlášení nepomohlo",
    sessionUnbound: "Je potřeba jiný prohlížeč",
    deviceUnproven: "Zařízení nepotvrzeno",
    interactionRequired: "Je nutné se přihlásit",
    crossSite: "Požadavek z jiného webu",
    forbidden: "Není dovoleno",
    notPermitted: "Není v nabídce",
    overtaken: "Mezitím odhlášeno",
    requestTooLarge: "Příliš velký požadavek",
    tooManyCalls: "Příliš mnoho volání najednou",
    appRefused: "Přihlašovací služba aplikaci odmítla",
    noIdentity: "Spravovaná identita není dostupná",
    providerUnavailable: "Přihlašovací služba není dostupná",
    indexForged: "Odhlášení není jisté",
    keyMissing: "Klíč není dostupný",
    storeUnavailable: "Úložiště není dostupné",
    apiUnavailable: "Služba není dostupná",
    notSetUp: "Aplikace není nastavená",
    internal: "Vnitřní chyba",
  },

  details: {
    notAForm: "Pošlete formulář s hlavičkou Content-Type: application/x-www-form-urlencoded.",
    formTooLarge: "Formulář je příliš velký.",
    requestTooLarge: (bytes) =>
      `Obsah je příliš velký. Největší přípustná velikost je ${measured("cs", bytes, "byte", "short")}.`,
    noLength:
      "Pošlete obsah s hlavičkou Content-Length, nebo zavolejte app.setup({ enableHttpStream: true }).",
    repeatedParameter: "Některý parametr je uveden vícekrát. Každý pošlete jen jednou.",
    malformedParameter: (name) => `Parametr ${name} má chybný tvar.`,
    malformedScope: "Parametr scope má chybný tvar. Uveďte názvy oprávnění oddělené mezerami.",
    missingIssuer: "Chybí parametr iss. Říká, u kterého poskytovatele se má přihlásit.",
    otherIssuer: "Parametr iss neoznačuje poskytovatele, který do této aplikace přihlašuje.",
    noHomeAccountId: "Uveďte ID domovského účtu: <ID objektu>.<ID tenanta>.",
    noLogoutToken: "Ve formuláři chybí logout_token.",
    invalidLogoutToken: "Neplatný logout_token.",
    usedLogoutToken: "Tento logout_token již byl použit.",
    logoutTokenOfNobody: "Tento logout_token neoznačuje nikoho, kdo se zde přihlásil.",
    crossSite: "Tento požadavek musí přijít ze stránky této aplikace.",
    tooManyCalls: "Probíhá příliš mnoho volání. Počkejte, až některá skončí, a pošlete toto znovu.",

    signedOut: "Nejste přihlášeni.",
    revoked: "Vaše přihlášení bylo odvoláno.",
    inVain:
      "Právě jste se kvůli tomu přihlásili, a Microsoft Entra ID nedalo, co je potřeba: oprávnění, nebo silnější či novější přihlášení. Počkejte pět minut, nebo se obraťte na toho, kdo tuto aplikaci provozuje.",
    sessionUnbound:
      "Tato aplikace váže přihlášení na vaše zařízení a tento prohlížeč to neumí. Přihlaste se v prohlížeči Chrome nebo Edge: od verze 145 ve Windows, 147 v macOS.",
    deviceUnproven:
      "Váš prohlížeč teď nemohl doložit, že toto přihlášení je jeho. Zkuste to za chvíli znovu.",
    interactionRequired:
      "Než bude možné pokračovat, Microsoft Entra ID žádá, abyste se znovu přihlásili nebo s něčím souhlasili.",
    noCode: "V odpovědi přihlašovací stránky není žádný kód.",
    startAgain: "Toto přihlášení se nepodařilo dokončit. Začněte prosím znovu.",
    expired:
      "Platnost tohoto přihlášení vypršela, nebo jeho odpověď přišla dvakrát. Začněte prosím znovu. Pokud to nepomůže, povolte pro tento web soubory cookie.",
    expiredOverHttp:
      "Platnost tohoto přihlášení vypršela, nebo jeho odpověď přišla dvakrát. Začněte prosím znovu. Pokud to nepomůže, povolte pro tento web soubory cookie a přes obyčejné http použijte Chrome, Edge nebo Firefox.",
    unknownState: (url) =>
      `Toto není odpověď na přihlášení, které začalo zde. Začněte znovu na adrese ${url}`,
    accessDenied: "S tím, o co tato aplikace žádá, jste nesouhlasili, a proto nejste přihlášeni.",
    tenantNotAllowed: "Vaše organizace nemá k této aplikaci přístup. Přihlaste se jiným účtem.",
    notRecent:
      "Je potřeba novější přihlášení, než je vaše, nebo přihlašovací služba neuvádí, jak je vaše staré.",
    unusableSid:
      "Přihlašovací služba vaší organizace označuje relace způsobem, podle kterého by vás tato aplikace nedokázala odhlásit. Řekněte to správci této aplikace.",
    overtaken:
      "Během tohoto přihlašování, nebo krátce před ním, jste byli odhlášeni. Přihlášení nebylo dokončeno.",

    forbidden: "Jste přihlášeni, ale tohle nesmíte. Roli vám může dát provozovatel aplikace.",
    notPermitted: "Toto volání aplikace nenabízí. Která nabízí, je v její tabulce oprávnění.",
    apiUnavailable: "Služba, kterou aplikace volá, neodpovídá. Zkuste to za chvíli znovu.",
    storeUnavailable: "Table Storage neodpovídá. Zkuste to za chvíli znovu.",
    providerUnavailable: (seconds) =>
      `Microsoft Entra ID neodpovídá. Zkuste to znovu za ${seconds === undefined ? "chvíli" : measured("cs", seconds, "second", "short")}.`,
    requestRefused: (code) =>
      `Microsoft Entra ID odmítá požadavek této aplikace (${code}). ${ASK_OPERATOR}`,
    credentialRefused: (code) =>
      `Microsoft Entra ID odmítá přihlašovací údaje aplikace (${code}). ${ASK_OPERATOR}`,
    noIdentity:
      "Aplikace teď nemůže prokázat svou totožnost; proč, je v jejím protokolu. Zkuste to za chvíli znovu.",
    indexForged:
      "Aplikace neví, zda jste zde odhlášeni: to, co vede k vaší relaci, změnil někdo jiný. Co s tím, najde její správce v protokolu.",
    keyMissing:
      "To, co pro vás aplikace uchovává, se zde teď nedá otevřít. Zkuste to za několik minut znovu; co chybí, najde její správce v protokolu.",
    notSetUp:
      "Některé nastavení této aplikace chybí nebo je chybné. Které a jak je opravit, najde její správce v protokolu.",
    internal: "Něco se zde pokazilo. Co, je v protokolu.",
  },
};
