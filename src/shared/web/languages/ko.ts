import { measured } from "../../base/details.ts";
import { html } from "../pages/html.ts";
import type { Language } from "./language.ts";

const ASK_OPERATOR =
  "다시 시도해도 해결되지 않습니다. 해결 방법은 앱 운영자가 앱 로그에서 확인할 수 있습니다.";

export const ko: Language = {
  tag: "ko",
  dir: "ltr",

  signIn: "로그인",
  signOut: "로그아웃",
  signOutEverywhere: "모든 곳에서 로그아웃",
  signOutAtMicrosoft: "Microsoft를 포함한 모든 곳에서 로그아웃",
  staySignedIn: "로그인 유지",
  tryAgain: "다시 시도",
  home: "홈",

  signedIn: "로그인됨",
  role: "직책",
  office: "사무실",
  session: "세션",
  endsAt: (time) => html`${time}에 종료`,
  profile: "프로필",
  noProfile: "지금은 Microsoft Graph에서 읽을 수 없습니다.",
  welcome: "로그인하면 Microsoft 365 프로필을 볼 수 있습니다.",

  signedOut: "로그아웃됨",
  youAreSignedOut: "로그아웃되었습니다",
  sessionIsOver: (app) => html`이 브라우저의 ${app} 세션이 종료되었습니다.`,

  yourSessions: "내 세션",
  whereSignedIn: (name) =>
    name
      ? html`${name} 계정이 이 앱에 로그인되어 있는 곳입니다.`
      : html`이 앱에 로그인되어 있는 곳입니다.`,
  thisOne: "현재 세션",
  boundToThisDevice: "이 장치에 고정됨",
  boundToItsDevice: "해당 장치에 고정됨",
  someBrowser: "브라우저",
  signedInSince: (age) => `${age} 로그인`,
  signedInJustNow: "방금 로그인",
  endSession: "세션 종료",
  signingOutEndsAll: "로그아웃하면 이 앱과 이 브라우저의 다른 모든 앱에서 세션이 종료됩니다.",

  signOutQuestion: "로그아웃하시겠습니까?",
  signOutReaches: "이 앱의 모든 세션과 이 브라우저의 다른 모든 앱의 세션이 종료됩니다.",
  microsoftReaches:
    "“Microsoft를 포함한”을 선택하면 모든 브라우저와 기기의 세션을 종료하도록 Microsoft에 요청합니다.",
  revocation: {
    accepted:
      "Microsoft가 모든 브라우저와 기기의 세션을 종료하고 있습니다. 몇 분 정도 걸릴 수 있습니다.",
    notAsked: "다른 브라우저와 기기의 세션을 종료하도록 Microsoft에 요청하지 않았습니다.",
    unconfirmed: "다른 브라우저와 기기의 세션이 종료되는지 Microsoft가 확인하지 않았습니다.",
  },
  notSignedOut: "아직 로그아웃되지 않음",
  notSignedOutYet: "아직 로그아웃되지 않았습니다",
  tokensStillThere:
    "토큰을 보관하는 저장소가 응답하지 않아 토큰을 삭제하지 못했습니다. 다시 시도해 주세요.",

  otherAccount: "다른 계정?",
  otherAccountQuestion: "다른 계정으로 로그인하시겠습니까?",
  linkForSomebodyElse: (name) =>
    html`${name ? html`${name} 계정으로` : "현재"} 로그인되어 있습니다. 방금 연 링크는 다른 사용자를 위한 것입니다.`,
  switchAccount: "계정 전환",

  titles: {
    badRequest: "잘못된 요청",
    signInRejected: "로그인이 완료되지 않음",
    signedOut: "로그아웃됨",
    inVain: "로그인해도 해결되지 않았습니다",
    sessionUnbound: "다른 브라우저 필요",
    deviceUnproven: "장치를 확인할 수 없음",
    interactionRequired: "로그인 필요",
    crossSite: "다른 사이트의 요청",
    forbidden: "허용되지 않음",
    notPermitted: "제공하지 않음",
    overtaken: "그 사이에 로그아웃됨",
    requestTooLarge: "요청이 너무 큼",
    tooManyCalls: "동시 호출이 너무 많음",
    appRefused: "로그인 서비스가 앱을 거부함",
    noIdentity: "관리 ID를 사용할 수 없음",
    providerUnavailable: "로그인 서비스를 사용할 수 없음",
    indexForged: "로그아웃 여부를 알 수 없음",
    keyMissing: "키를 사용할 수 없음",
    storeUnavailable: "저장소를 사용할 수 없음",
    apiUnavailable: "서비스를 사용할 수 없음",
    notSetUp: "앱이 설정되지 않음",
    internal: "내부 오류",
  },

  details: {
    notAForm: "Content-Type: application/x-www-form-urlencoded 형식의 양식을 보내세요.",
    formTooLarge: "양식이 너무 큽니다.",
    requestTooLarge: (bytes) =>
      `본문이 너무 큽니다. 최대 ${measured("ko", bytes, "byte")}까지 받습니다.`,
    noLength:
      "본문을 Content-Length와 함께 보내거나 app.setup({ enableHttpStream: true })를 호출하세요.",
    repeatedParameter: "같은 매개 변수가 두 번 이상 있습니다. 한 번씩만 보내세요.",
    malformedParameter: (name) => `매개 변수 ${name}의 형식이 잘못되었습니다.`,
    malformedScope:
      "매개 변수 scope의 형식이 잘못되었습니다. 범위 이름을 공백으로 구분해 지정하세요.",
    missingIssuer: "매개 변수 iss가 없습니다. 어느 공급자로 로그인할지 지정합니다.",
    otherIssuer: "매개 변수 iss가 이 앱의 로그인 공급자가 아닙니다.",
    noHomeAccountId: "홈 계정 ID를 <개체 ID>.<테넌트 ID> 형식으로 지정하세요.",
    noLogoutToken: "양식에 logout_token이 없습니다.",
    invalidLogoutToken: "logout_token이 유효하지 않습니다.",
    usedLogoutToken: "이미 사용된 logout_token입니다.",
    logoutTokenOfNobody: "logout_token에 해당하는 사용자가 여기에 로그인한 적이 없습니다.",
    crossSite: "이 요청은 이 앱의 페이지에서 보내야 합니다.",
    tooManyCalls: "진행 중인 호출이 너무 많습니다. 일부가 끝날 때까지 기다린 다음 다시 보내세요.",

    signedOut: "로그인되어 있지 않습니다.",
    revoked: "로그인이 취소되었습니다.",
    inVain:
      "방금 이를 위해 로그인했지만 Microsoft Entra ID가 필요한 것(권한, 또는 더 강력하거나 더 최근의 로그인)을 주지 않았습니다. 5분 기다리거나 이 앱을 운영하는 사람에게 문의하세요.",
    sessionUnbound:
      "이 앱은 로그인을 장치에 고정하지만 이 브라우저는 지원하지 않습니다. Chrome 또는 Edge(Windows는 145 이상, macOS는 147 이상)로 로그인하세요.",
    deviceUnproven:
      "이 로그인이 이 브라우저의 것임을 지금 확인하지 못했습니다. 잠시 후 다시 시도하세요.",
    interactionRequired:
      "계속하려면 다시 로그인하거나 동의해야 한다고 Microsoft Entra ID에서 요청합니다.",
    noCode: "로그인 페이지의 응답에 코드가 없습니다.",
    startAgain: "로그인을 완료하지 못했습니다. 처음부터 다시 시작해 주세요.",
    expired:
      "로그인이 만료되었거나 응답이 두 번 도착했습니다. 처음부터 다시 시작해 주세요. 그래도 안 되면 이 사이트의 쿠키를 허용하세요.",
    expiredOverHttp:
      "로그인이 만료되었거나 응답이 두 번 도착했습니다. 처음부터 다시 시작해 주세요. 그래도 안 되면 이 사이트의 쿠키를 허용하고, 일반 http에서는 Chrome, Edge 또는 Firefox를 사용하세요.",
    unknownState: (url) =>
      `여기에서 시작한 로그인에 대한 응답이 아닙니다. 다음 주소에서 다시 시작하세요: ${url}`,
    accessDenied: "앱의 요청에 동의하지 않아 로그인되지 않았습니다.",
    tenantNotAllowed: "조직에 이 앱에 대한 액세스 권한이 없습니다. 다른 계정으로 로그인하세요.",
    notRecent: "더 최근에 로그인해야 하거나, 로그인 서비스가 로그인한 시각을 알려 주지 않았습니다.",
    unusableSid:
      "조직의 로그인 서비스가 세션을 식별하는 방식으로는 이 앱이 로그아웃을 처리할 수 없습니다. 앱 운영자에게 알려 주세요.",
    overtaken: "로그인하는 중이거나 그 직전에 로그아웃되었습니다. 로그인이 완료되지 않았습니다.",

    forbidden:
      "로그인되어 있지만 이 작업은 할 수 없습니다. 이 앱의 운영자가 역할을 부여할 수 있습니다.",
    notPermitted: "이 앱은 해당 호출을 제공하지 않습니다. 제공하는 호출은 권한 표에 나와 있습니다.",
    apiUnavailable: "이 앱이 호출하는 서비스가 응답하지 않습니다. 잠시 후 다시 시도하세요.",
    storeUnavailable: "Table Storage가 응답하지 않습니다. 잠시 후 다시 시도하세요.",
    providerUnavailable: (seconds) =>
      `Microsoft Entra ID가 응답하지 않습니다. ${seconds === undefined ? "잠시" : measured("ko", seconds, "second")} 후 다시 시도하세요.`,
    requestRefused: (code) =>
      `Microsoft Entra ID가 이 앱의 요청을 거부합니다(${code}). ${ASK_OPERATOR}`,
    credentialRefused: (code) =>
      `Microsoft Entra ID가 앱의 자격 증명을 거부합니다(${code}). ${ASK_OPERATOR}`,
    noIdentity:
      "지금은 앱이 자신을 증명할 수 없습니다. 이유는 앱 로그에 있습니다. 잠시 후 다시 시도하세요.",
    indexForged:
      "여기에서 로그아웃되었는지 알 수 없습니다. 세션을 가리키는 정보를 다른 누군가가 변경했습니다. 필요한 조치는 앱 운영자가 앱 로그에서 확인할 수 있습니다.",
    keyMissing:
      "보관 중인 사용자 정보를 지금은 여기에서 열 수 없습니다. 몇 분 후 다시 시도하세요. 무엇이 없는지는 앱 운영자가 앱 로그에서 확인할 수 있습니다.",
    notSetUp:
      "앱 설정이 없거나 잘못되었습니다. 어떤 설정이고 어떻게 고치는지는 앱 운영자가 앱 로그에서 확인할 수 있습니다.",
    internal: "문제가 발생했습니다. 원인은 로그에 있습니다.",
  },
};
