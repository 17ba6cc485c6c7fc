import { measured } from "../../base/details.ts";
import { html } from "../pages/html.ts";
import type { Language } from "./language.ts";

const ASK_OPERATOR =
  "再試行しても解決しません。対処方法は、アプリの運用担当者がログで確認できます。";

export const ja: Language = {
  tag: "ja",
  dir: "ltr",

  signIn: "サインイン",
  signOut: "サインアウト",
  signOutEverywhere: "すべての場所でサインアウト",
  signOutAtMicrosoft: "Microsoft も含め、すべての場所からサインアウト",
  staySignedIn: "サインインしたままにする",
  tryAgain: "再試行",
  home: "ホーム",

  signedIn: "サインイン中",
  role: "役職",
  office: "勤務地",
  session: "セッション",
  endsAt: (time) => html`${time} に終了`,
  profile: "プロフィール",
  noProfile: "現在、Microsoft Graph から読み取れません。",
  welcome: "サインインすると、Microsoft 365 のプロフィールが表示されます。",

  signedOut: "サインアウト済み",
  youAreSignedOut: "サインアウトしました",
  sessionIsOver: (app) => html`このブラウザーでの ${app} のセッションは終了しました。`,

  yourSessions: "セッション",
  whereSignedIn: (name) =>
    name
      ? html`${name} がこのアプリにサインインしている場所です。`
      : html`このアプリにサインインしている場所です。`,
  thisOne: "このセッション",
  boundToThisDevice: "このデバイスに固定",
  boundToItsDevice: "そのデバイスに固定",
  someBrowser: "ブラウザー",
  signedInSince: (age) => `${age}にサインイン`,
  signedInJustNow: "たった今サインイン",
  endSession: "セッションを終了",
  signingOutEndsAll:
    "サインアウトすると、このアプリとこのブラウザーの他のすべてのアプリで、すべてのセッションが終了します。",

  signOutQuestion: "サインアウトしますか?",
  signOutReaches:
    "このアプリのすべてのセッションと、このブラウザーの他のすべてのアプリのセッションが終了します。",
  microsoftReaches:
    "「Microsoft も含め」を選ぶと、すべてのブラウザーとデバイスのセッションを終了するよう Microsoft に要求します。",
  revocation: {
    accepted:
      "Microsoft が、すべてのブラウザーとデバイスのセッションを終了しています。数分かかることがあります。",
    notAsked: "他のブラウザーやデバイスのセッションの終了は、Microsoft に要求されていません。",
    unconfirmed: "他のブラウザーやデバイスのセッションの終了を、Microsoft はまだ確認していません。",
  },
  notSignedOut: "サインアウトは未完了です",
  notSignedOutYet: "まだサインアウトしていません",
  tokensStillThere:
    "トークンを保管しているストレージが応答しないため、トークンを削除できませんでした。もう一度お試しください。",

  otherAccount: "別のアカウント",
  otherAccountQuestion: "別のアカウントでサインインしますか?",
  linkForSomebodyElse: (name) =>
    html`${name && html`${name} として`}サインインしています。開いたリンクは別のユーザー向けのものです。`,
  switchAccount: "アカウントを切り替える",

  titles: {
    badRequest: "不正な要求",
    signInRejected: "サインインが完了していません",
    signedOut: "サインアウト済み",
    inVain: "サインインしても解決しませんでした",
    sessionUnbound: "別のブラウザーが必要です",
    deviceUnproven: "デバイスを確認できません",
    interactionRequired: "サインインが必要です",
    crossSite: "別のサイトからの要求",
    forbidden: "許可されていません",
    notPermitted: "提供されていません",
    overtaken: "途中でサインアウトしました",
    requestTooLarge: "要求が大きすぎます",
    tooManyCalls: "同時呼び出しが多すぎます",
    appRefused: "サインイン サービスがアプリを拒否しました",
    noIdentity: "マネージド ID を利用できません",
    providerUnavailable: "サインイン サービスを利用できません",
    indexForged: "サインアウトを確認できません",
    keyMissing: "キーを利用できません",
    storeUnavailable: "ストレージを利用できません",
    apiUnavailable: "サービスを利用できません",
    notSetUp: "アプリが設定されていません",
    internal: "内部エラー",
  },

  details: {
    notAForm: "Content-Type: application/x-www-form-urlencoded のフォームを送信してください。",
    formTooLarge: "フォームが大きすぎます。",
    requestTooLarge: (bytes) => `本文が大きすぎます。上限は ${measured("ja", bytes, "byte")}です。`,
    noLength:
      "本文を Content-Length 付きで送信するか、app.setup({ enableHttpStream: true }) を呼び出してください。",
    repeatedParameter: "同じパラメーターが複数あります。それぞれ 1 つだけ送信してください。",
    malformedParameter: (name) => `パラメーター ${name} の形式が正しくありません。`,
    malformedScope:
      "パラメーター scope の形式が正しくありません。スコープ名をスペースで区切って指定してください。",
    missingIssuer:
      "パラメーター iss がありません。どのプロバイダーでサインインするかを指定します。",
    otherIssuer: "パラメーター iss が、このアプリのサインイン プロバイダーではありません。",
    noHomeAccountId:
      "ホーム アカウント ID を <オブジェクト ID>.<テナント ID> の形式で指定してください。",
    noLogoutToken: "フォームに logout_token がありません。",
    invalidLogoutToken: "logout_token が無効です。",
    usedLogoutToken: "この logout_token は使用済みです。",
    logoutTokenOfNobody: "logout_token に該当するユーザーは、ここにサインインしていません。",
    crossSite: "この要求は、このアプリのページから送信する必要があります。",
    tooManyCalls:
      "実行中の呼び出しが多すぎます。いくつかが終わるのを待ってから、もう一度送信してください。",

    signedOut: "サインインしていません。",
    revoked: "サインインが取り消されました。",
    inVain:
      "このためにサインインしたばかりですが、Microsoft Entra ID から必要なもの (アクセス許可、またはより強力な、もしくはより新しいサインイン) が得られませんでした。5 分待つか、このアプリの運用者にお問い合わせください。",
    sessionUnbound:
      "このアプリはサインインをデバイスに固定しますが、このブラウザーは対応していません。Chrome または Edge (Windows では 145 以降、macOS では 147 以降) でサインインしてください。",
    deviceUnproven:
      "このサインインがこのブラウザーのものであることを、現在確認できませんでした。しばらくしてからもう一度お試しください。",
    interactionRequired:
      "続行するには、もう一度サインインするか同意するよう、Microsoft Entra ID が求めています。",
    noCode: "サインイン ページからの応答にコードがありません。",
    startAgain: "サインインを完了できませんでした。最初からやり直してください。",
    expired:
      "このサインインは期限切れか、応答が 2 回届きました。最初からやり直してください。それでも解決しない場合は、このサイトの Cookie を許可してください。",
    expiredOverHttp:
      "このサインインは期限切れか、応答が 2 回届きました。最初からやり直してください。それでも解決しない場合は、このサイトの Cookie を許可し、通常の http では Chrome、Edge、または Firefox を使用してください。",
    unknownState: (url) =>
      `ここで開始したサインインへの応答ではありません。次のアドレスからやり直してください: ${url}`,
    accessDenied: "このアプリの要求に同意しなかったため、サインインしていません。",
    tenantNotAllowed:
      "お客様の組織はこのアプリにアクセスできません。別のアカウントでサインインしてください。",
    notRecent:
      "より新しいサインインが必要です。または、サインインした時刻をサインイン サービスが通知していません。",
    unusableSid:
      "組織のサインイン サービスによるセッションの識別方法では、このアプリからサインアウトできません。アプリの運用担当者にお知らせください。",
    overtaken:
      "サインインの途中、またはその直前にサインアウトされたため、サインインは完了していません。",

    forbidden:
      "サインインしていますが、この操作は許可されていません。ロールはこのアプリの管理者が割り当てられます。",
    notPermitted:
      "このアプリは、その呼び出しを提供していません。提供している呼び出しはアクセス許可の表に記載されています。",
    apiUnavailable:
      "このアプリが呼び出すサービスが応答しません。しばらくしてからもう一度お試しください。",
    storeUnavailable: "Table Storage が応答しません。しばらくしてからもう一度お試しください。",
    providerUnavailable: (seconds) =>
      `Microsoft Entra ID が応答しません。${seconds === undefined ? "しばらく" : `${measured("ja", seconds, "second")}ほど`}してからもう一度お試しください。`,
    requestRefused: (code) =>
      `Microsoft Entra ID がこのアプリの要求を拒否しています (${code})。${ASK_OPERATOR}`,
    credentialRefused: (code) =>
      `Microsoft Entra ID がアプリの資格情報を拒否しています (${code})。${ASK_OPERATOR}`,
    noIdentity:
      "現在、アプリは自身を証明できません。理由はログに記録されています。しばらくしてからもう一度お試しください。",
    indexForged:
      "ここからサインアウトしているかどうかを判断できません。セッションを示す情報が第三者によって変更されています。対処方法は、アプリの運用担当者がログで確認できます。",
    keyMissing:
      "保管されているお客様の情報を、現在ここで開くことができません。数分後にもう一度お試しください。不足しているものは、アプリの運用担当者がログで確認できます。",
    notSetUp:
      "このアプリの設定が不足しているか、正しくありません。どの設定をどう直すかは、アプリの運用担当者がログで確認できます。",
    internal: "問題が発生しました。内容はログに記録されています。",
  },
};
