import { call, SignInNeeded } from "./api.ts";
import { el, say } from "./dom.ts";
import { guard } from "./guard.ts";
import type { Visit } from "./session.ts";

/** A form that sends a message. */
export function compose(visit: Visit, sent: () => void): HTMLElement {
  const to = el("input", { type: "email", required: true, autocomplete: "off" });
  const subject = el("input", { required: true, autocomplete: "off" });
  const text = el("textarea", { required: true, rows: 4 });
  const button = el("button", { className: "button" }, "Send");
  const problem = el("div");

  const send = async () => {
    button.disabled = true;
    try {
      await call("/graph/me/sendMail", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(mail(to.value, subject.value, text.value)),
        signal: visit.signal,
      });
    } catch (error) {
      if (error instanceof SignInNeeded) error.message += " Copy your text: it is not kept.";
      throw error;
    } finally {
      button.disabled = false;
    }
    form.reset();
    problem.replaceChildren();
    say("Your message is on its way.");
    sent();
  };

  const form = el(
    "form",
    {
      onsubmit: (event) => {
        event.preventDefault();
        void guard(visit, problem, send);
      },
    },
    el("label", {}, "To", to),
    el("label", {}, "Subject", subject),
    el("label", {}, "Message", text),
    problem,
    button,
  );
  return el("section", {}, el("h2", {}, "New message"), form);
}

function mail(address: string, subject: string, content: string) {
  return {
    message: {
      subject,
      body: { contentType: "Text", content },
      toRecipients: [{ emailAddress: { address } }],
    },
  };
}
