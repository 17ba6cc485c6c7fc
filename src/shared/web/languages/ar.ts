import { measured } from "../../base/details.ts";
import { html } from "../pages/html.ts";
import type { Language } from "./language.ts";

const ASK_OPERATOR = "لن تفيد إعادة المحاولة، ويجد القائمون على التطبيق الحل في سجلّه.";

export const ar: Language = {
  tag: "ar",
  dir: "rtl",

  signIn: "تسجيل الدخول",
  signOut: "تسجيل الخروج",
  signOutEverywhere: "تسجيل الخروج من كل مكان",
  signOutAtMicrosoft: "تسجيل الخروج من كل مكان، ولدى Microsoft أيضًا",
  staySignedIn: "متابعة الجلسة الحالية",
  tryAgain: "إعادة المحاولة",
  home: "الصفحة الرئيسية",

  signedIn: "تم تسجيل الدخول",
  role: "المسمى الوظيفي",
  office: "المكتب",
  session: "الجلسة",
  endsAt: (time) => html`تنتهي في ${time}`,
  profile: "الملف الشخصي",
  noProfile: "تتعذر قراءته من Microsoft Graph حاليًا.",
  welcome: "سجّل الدخول لعرض ملفك الشخصي في Microsoft 365.",

  signedOut: "تم تسجيل الخروج",
  youAreSignedOut: "تم تسجيل خروجك",
  sessionIsOver: (app) => html`انتهت جلستك في ${app} على هذا المتصفح.`,

  yourSessions: "جلساتك",
  whereSignedIn: (name) =>
    name
      ? html`الأماكن التي سُجّل فيها دخول ${name} إلى هذا التطبيق.`
      : html`الأماكن التي سجّلت فيها الدخول إلى هذا التطبيق.`,
  thisOne: "هذه الجلسة",
  boundToThisDevice: "مرتبطة بهذا الجهاز",
  boundToItsDevice: "مرتبطة بجهازها",
  someBrowser: "متصفح",
  signedInSince: (age) => `تسجيل الدخول ${age}`,
  signedInJustNow: "تسجيل الدخول الآن",
  endSession: "إنهاء الجلسة",
  signingOutEndsAll: "يؤدي تسجيل الخروج إلى إنهائها جميعًا، هنا وفي كل تطبيق آخر على هذا المتصفح.",

  signOutQuestion: "هل تريد تسجيل الخروج؟",
  signOutReaches: "ستنتهي جميع جلساتك في هذا التطبيق، وفي كل تطبيق آخر على هذا المتصفح.",
  microsoftReaches:
    "يطلب خيار «ولدى Microsoft أيضًا» من Microsoft إنهاء جلساتك في كل المتصفحات وعلى كل الأجهزة.",
  revocation: {
    accepted: "تُنهي Microsoft جلساتك في كل المتصفحات وعلى كل الأجهزة. قد يستغرق ذلك بضع دقائق.",
    notAsked: "لم يُطلب من Microsoft إنهاء جلساتك في المتصفحات والأجهزة الأخرى.",
    unconfirmed: "لم تؤكد Microsoft إنهاء جلساتك في المتصفحات والأجهزة الأخرى.",
  },
  notSignedOut: "لم يكتمل تسجيل الخروج",
  notSignedOutYet: "لم يتم تسجيل خروجك بعد",
  tokensStillThere:
    "لا يستجيب مخزن الرموز المميزة الخاصة بك، لذا تعذر حذفها. يُرجى المحاولة مرة أخرى.",

  otherAccount: "حساب آخر؟",
  otherAccountQuestion: "هل تريد تسجيل الدخول بحساب آخر؟",
  linkForSomebodyElse: (name) =>
    html`لقد سجّلت الدخول${name && html` باسم ${name}`}. الرابط الذي فتحته مخصص لشخص آخر.`,
  switchAccount: "تبديل الحساب",

  titles: {
    badRequest: "طلب غير صالح",
    signInRejected: "لم يكتمل تسجيل الدخول",
    signedOut: "تم تسجيل الخروج",
    inVain: "لم ينفع تسجيل الدخول",
    sessionUnbound: "يلزم متصفح آخر",
    deviceUnproven: "لم يتم تأكيد الجهاز",
    interactionRequired: "يلزم تسجيل الدخول",
    crossSite: "طلب من موقع آخر",
    forbidden: "غير مسموح",
    notPermitted: "غير متاح",
    overtaken: "تم تسجيل الخروج في هذه الأثناء",
    requestTooLarge: "الطلب كبير جدًا",
    tooManyCalls: "عدد كبير جدًا من الطلبات في آنٍ واحد",
    appRefused: "رفضت خدمة تسجيل الدخول التطبيق",
    noIdentity: "الهوية المُدارة غير متاحة",
    providerUnavailable: "خدمة تسجيل الدخول غير متاحة",
    indexForged: "تسجيل الخروج غير مؤكد",
    keyMissing: "المفتاح غير متاح",
    storeUnavailable: "مساحة التخزين غير متاحة",
    apiUnavailable: "الخدمة غير متاحة",
    notSetUp: "لم يتم إعداد التطبيق",
    internal: "خطأ داخلي",
  },

  details: {
    notAForm: "أرسل نموذجًا من النوع Content-Type: application/x-www-form-urlencoded.",
    formTooLarge: "النموذج كبير جدًا.",
    requestTooLarge: (bytes) =>
      `المحتوى كبير جدًا. الحد الأقصى هنا هو ${measured("ar", bytes, "byte")}.`,
    noLength: "أرسل المحتوى مع Content-Length، أو استدعِ app.setup({ enableHttpStream: true }).",
    repeatedParameter: "تكررت إحدى المعلمات. أرسل كل معلمة مرة واحدة فقط.",
    malformedParameter: (name) => `صيغة المعلمة ${name} غير صحيحة.`,
    malformedScope: "صيغة المعلمة scope غير صحيحة. اكتب أسماء النطاقات مفصولة بمسافات.",
    missingIssuer: "المعلمة iss مفقودة، وهي تحدد موفّر تسجيل الدخول.",
    otherIssuer: "المعلمة iss لا تشير إلى موفّر تسجيل الدخول لهذا التطبيق.",
    noHomeAccountId: "اكتب معرّف الحساب الرئيسي بالصيغة <معرّف الكائن>.<معرّف المستأجر>.",
    noLogoutToken: "لا يحتوي النموذج على logout_token.",
    invalidLogoutToken: "قيمة logout_token غير صالحة.",
    usedLogoutToken: "سبق استخدام logout_token هذا.",
    logoutTokenOfNobody: "لا يشير logout_token إلى أي شخص سجّل الدخول هنا.",
    crossSite: "يجب أن يأتي هذا الطلب من إحدى صفحات هذا التطبيق.",
    tooManyCalls: "عدد الطلبات الجارية كبير جدًا. انتظر حتى ينتهي بعضها ثم أرسل هذا الطلب مرة أخرى.",

    signedOut: "لم تسجّل الدخول.",
    revoked: "تم إبطال تسجيل دخولك.",
    inVain:
      "لقد سجّلت الدخول للتو من أجل هذا، ولم يمنح Microsoft Entra ID ما يلزم: إذنًا، أو تسجيل دخول أقوى أو أحدث. انتظر خمس دقائق، أو اسأل من يدير هذا التطبيق.",
    sessionUnbound:
      "يربط هذا التطبيق تسجيل دخولك بجهازك، وهذا المتصفح لا يفعل ذلك. سجّل الدخول باستخدام Chrome أو Edge: الإصدار 145 أو أحدث على Windows، و147 أو أحدث على macOS.",
    deviceUnproven: "تعذّر على متصفحك الآن إثبات أن تسجيل الدخول هذا له. حاول مرة أخرى بعد قليل.",
    interactionRequired:
      "يطلب منك Microsoft Entra ID تسجيل الدخول مرة أخرى أو الموافقة على أمر ما قبل المتابعة.",
    noCode: "لا تحتوي استجابة صفحة تسجيل الدخول على رمز.",
    startAgain: "تعذر إكمال تسجيل الدخول. يُرجى البدء من جديد.",
    expired:
      "انتهت صلاحية تسجيل الدخول هذا أو وصلت استجابته مرتين. يُرجى البدء من جديد. إذا لم يُجدِ ذلك، فاسمح بملفات تعريف الارتباط لهذا الموقع.",
    expiredOverHttp:
      "انتهت صلاحية تسجيل الدخول هذا أو وصلت استجابته مرتين. يُرجى البدء من جديد. إذا لم يُجدِ ذلك، فاسمح بملفات تعريف الارتباط لهذا الموقع، واستخدم Chrome أو Edge أو Firefox عبر http العادي.",
    unknownState: (url) => `هذه ليست استجابة لتسجيل دخول بدأ هنا. ابدأ من جديد من العنوان ${url}`,
    accessDenied: "لم توافق على ما يطلبه هذا التطبيق، لذا لم يتم تسجيل دخولك.",
    tenantNotAllowed: "ليس لدى مؤسستك حق الوصول إلى هذا التطبيق. سجّل الدخول بحساب آخر.",
    notRecent: "يتطلب هذا تسجيل دخول أحدث، أو أن خدمة تسجيل الدخول لا تذكر متى سجّلت الدخول.",
    unusableSid:
      "تسمّي خدمة تسجيل الدخول في مؤسستك جلساتها بطريقة لا تتيح لهذا التطبيق تسجيل خروجك. أبلغ القائمين على التطبيق بذلك.",
    overtaken: "تم تسجيل خروجك أثناء تسجيل الدخول هذا أو قبله بقليل، لذا لم يكتمل.",

    forbidden: "أنت مسجّل الدخول، لكن لا يُسمح لك بذلك. يمكن لمن يدير هذا التطبيق أن يمنحك الدور.",
    notPermitted: "لا يتيح هذا التطبيق هذا الطلب. يسرد جدول أذوناته الطلبات المتاحة.",
    apiUnavailable: "لا تستجيب خدمة يستدعيها هذا التطبيق. حاول مرة أخرى بعد قليل.",
    storeUnavailable: "لا يستجيب Table Storage. حاول مرة أخرى بعد قليل.",
    providerUnavailable: (seconds) =>
      `لا يستجيب Microsoft Entra ID. حاول مرة أخرى بعد ${seconds === undefined ? "قليل" : measured("ar", seconds, "second")}.`,
    requestRefused: (code) => `يرفض Microsoft Entra ID طلب هذا التطبيق (${code}). ${ASK_OPERATOR}`,
    credentialRefused: (code) =>
      `يرفض Microsoft Entra ID بيانات اعتماد التطبيق (${code}). ${ASK_OPERATOR}`,
    noIdentity:
      "لا يستطيع التطبيق إثبات هويته حاليًا، والسبب مذكور في سجلّه. حاول مرة أخرى بعد قليل.",
    indexForged:
      "لا يستطيع هذا التطبيق معرفة ما إذا تم تسجيل خروجك هنا: فقد غيّر شخص آخر ما يؤدي إلى جلستك. يجد القائمون على التطبيق في سجلّه ما يجب فعله.",
    keyMissing:
      "يتعذر حاليًا فتح ما يحتفظ به هذا التطبيق لك هنا. حاول مرة أخرى بعد بضع دقائق، ويجد القائمون على التطبيق في سجلّه ما هو مفقود.",
    notSetUp:
      "أحد إعدادات هذا التطبيق مفقود أو غير صحيح. يجد القائمون على التطبيق في سجلّه أي إعداد هو وكيفية تصحيحه.",
    internal: "حدث خطأ هنا، وتفاصيله في السجل.",
  },
};
