import { type Html, html } from "./shared/web/pages/html.ts";
import type { View } from "./shared/web/view.ts";

/** What the home page shows of the local set-up, which has a second app: how to try a sign-out there. */
export type Guide = (view: View, isSignedIn: boolean) => Html;

export function guideTo(otherApp: string): Guide {
  const link = (text: string) =>
    html`<a href="${otherApp}" target="_blank" rel="noopener">${text}</a>`;
  return ({ language }, isSignedIn) => {
    const say = GUIDE[language.tag as keyof typeof GUIDE];
    return html`<aside>
<h2>${say.title}</h2>
<ol>
<li>${isSignedIn ? say.done : say.signIn}</li>
<li>${say.openOther(link)}</li>
<li>${say.signOutThere(html`<b lang="en" dir="ltr">Sign out everywhere</b>`)}</li>
</ol>
</aside>`;
  };
}

interface Sentences {
  readonly title: string;
  readonly signIn: string;
  readonly done: string;
  readonly openOther: (link: (text: string) => Html) => Html;
  readonly signOutThere: (button: Html) => Html;
}

/** By the language's tag. */
export const GUIDE = {
  en: {
    title: "Try it in three steps",
    signIn: "Sign in here, with one click.",
    done: "You are signed in here: done.",
    openOther: (link) =>
      html`Open ${link("the other app")} and sign in there. Nobody asks you again.`,
    signOutThere: (button) =>
      html`Choose ${button} in the other app, and come back: your tokens here are gone.`,
  },
  ko: {
    title: "세 단계로 체험하기",
    signIn: "여기에서 클릭 한 번으로 로그인하세요.",
    done: "여기에 로그인되어 있습니다. 완료!",
    openOther: (link) => html`${link("다른 앱")}을 열고 로그인하세요. 다시 묻지 않습니다.`,
    signOutThere: (button) =>
      html`다른 앱에서 ${button}을 선택하고 돌아오세요. 여기에 있던 토큰이 사라졌습니다.`,
  },
  cs: {
    title: "Vyzkoušejte to ve třech krocích",
    signIn: "Přihlaste se zde jedním kliknutím.",
    done: "Zde jste přihlášeni: hotovo.",
    openOther: (link) =>
      html`Otevřete ${link("druhou aplikaci")} a přihlaste se v ní. Nikdo se vás už na nic nezeptá.`,
    signOutThere: (button) =>
      html`V druhé aplikaci zvolte ${button} a vraťte se: vaše tokeny jsou odsud pryč.`,
  },
  de: {
    title: "In drei Schritten ausprobieren",
    signIn: "Melden Sie sich hier mit einem Klick an.",
    done: "Sie sind hier angemeldet: erledigt.",
    openOther: (link) =>
      html`Öffnen Sie ${link("die andere App")} und melden Sie sich dort an. Sie werden nicht noch einmal gefragt.`,
    signOutThere: (button) =>
      html`Wählen Sie dort ${button} und kommen Sie zurück: Ihre Token hier sind weg.`,
  },
  fr: {
    title: "Essayez en trois étapes",
    signIn: "Connectez-vous ici, en un clic.",
    done: "Vous êtes connecté ici : c’est fait.",
    openOther: (link) =>
      html`Ouvrez ${link("l’autre application")} et connectez-vous-y. On ne vous redemande rien.`,
    signOutThere: (button) =>
      html`Choisissez ${button} dans l’autre application, puis revenez : vos jetons ont disparu d’ici.`,
  },
  es: {
    title: "Pruébelo en tres pasos",
    signIn: "Inicie sesión aquí, con un clic.",
    done: "Ya ha iniciado sesión aquí: hecho.",
    openOther: (link) =>
      html`Abra ${link("la otra aplicación")} e inicie sesión en ella. No se le pregunta de nuevo.`,
    signOutThere: (button) =>
      html`Elija ${button} en la otra aplicación y vuelva: sus tokens ya no están aquí.`,
  },
  ja: {
    title: "3 つのステップで試す",
    signIn: "ここで、クリック 1 回でサインインします。",
    done: "ここにサインインしています。完了です。",
    openOther: (link) =>
      html`${link("もう 1 つのアプリ")}を開いてサインインします。再度尋ねられることはありません。`,
    signOutThere: (button) =>
      html`もう 1 つのアプリで${button}を選び、ここに戻ります。ここのトークンは消えています。`,
  },
  ar: {
    title: "جرّبه في ثلاث خطوات",
    signIn: "سجّل الدخول هنا بنقرة واحدة.",
    done: "لقد سجّلت الدخول هنا: تم.",
    openOther: (link) =>
      html`افتح ${link("التطبيق الآخر")} وسجّل الدخول فيه. لن يُطلب منك شيء مرة أخرى.`,
    signOutThere: (button) =>
      html`اختر ${button} في التطبيق الآخر ثم عُد: لم تعد رموزك المميزة موجودة هنا.`,
  },
} satisfies Record<string, Sentences>;
