import { type Check, type Finding, ok, problem, reasonOf, skipped } from "../check.ts";
import type { Patient } from "../patient.ts";
import { type Answer, ask } from "../web.ts";

/** For checks that ask the running app. */
export function served(
  name: string,
  look: (baseUrl: string, patient: Patient) => Promise<Finding>,
): Check {
  return {
    name,
    async look(patient) {
      const { baseUrl } = patient;
      if (baseUrl === undefined) return skipped("waits for the settings");
      const health = await healthOf(baseUrl).catch(() => undefined);
      const isThere = health?.status === 200 && isLightsout(health);
      return isThere ? await look(baseUrl, patient) : skipped("waits for the app");
    },
  };
}

function healthOf(baseUrl: string): Promise<Answer> {
  return ask(`${baseUrl}/health`);
}

function isLightsout({ text }: Answer): boolean {
  return /^\{"status":"(un)?healthy"\}$/.test(text);
}

export const answers: Check = {
  name: "Answers",
  async look({ baseUrl, source }) {
    if (baseUrl === undefined) return skipped("waits for the settings");
    const health = await healthOf(baseUrl).catch(reasonOf);
    if (typeof health === "string") {
      return problem(
        `${baseUrl} does not answer (${health}).`,
        source === undefined
          ? "Check the address, DNS and the certificate."
          : "Start the app with lightsout dev or func start, or correct APP_BASE_URL.",
      );
    }
    if (!isLightsout(health)) {
      return problem(
        `Something else than Lightsout answers at ${baseUrl} (${health.status}).`,
        "Correct APP_BASE_URL, or stop what listens there. In Azure, look for the app's start-up errors in the log stream.",
      );
    }
    if (health.status === 200) return ok(`${baseUrl}, in ${health.took} ms`);
    return problem(
      "The app runs and serves nobody: a setting of its own is wrong, or its table does not answer it.",
      "See the log for setting.invalid, request.failed and storage.retry, and docs/operations.md.",
    );
  },
};

export const https: Check = {
  name: "https",
  async look({ baseUrl }) {
    if (baseUrl === undefined) return skipped("waits for the settings");
    if (baseUrl.startsWith("http:")) return ok("http, on this machine only");
    const open = await ask(`${baseUrl.replace("https:", "http:")}/health`).catch(() => undefined);
    if (open === undefined || open.status !== 200) return ok("https only");
    return problem(
      "The app also answers over http.",
      "Turn on HTTPS Only in the function app's configuration, or in what stands in front of it.",
    );
  },
};

/** Whether APP_BASE_URL of the running app is its address: all absolute URLs begin with it. */
export const address = served("Own address", async (baseUrl, { client }) => {
  const { text } = await ask(`${baseUrl}/auth/session`);
  const own = /"signInUrl":"([^"]*)\/auth\/signin"/.exec(text)?.[1];
  if (own !== baseUrl) {
    return problem(
      `The app takes itself for ${own ?? "something else"}.`,
      "Set APP_BASE_URL to the address that users see.",
    );
  }
  const { location = "" } = await ask(`${baseUrl}/auth/signin`);
  const query = URL.canParse(location) ? new URL(location).searchParams : new URLSearchParams();
  if (client && query.get("client_id") !== client.clientId) {
    return problem(
      `Its sign-in names ${query.has("client_id") ? "another registration" : "no registration"}.`,
      "The running app has other settings than these: start it again, or correct ENTRA_CLIENT_ID.",
    );
  }
  return ok("as users see it");
});

/** Whether a sign-out gets through. Nobody is signed in here, so nobody is signed out. */
export const sameOrigin = served("Same origin", async (baseUrl) => {
  const post = (headers: Record<string, string>) =>
    ask(`${baseUrl}/auth/signout`, { method: "POST", headers });
  const own = await post({ origin: new URL(baseUrl).origin });
  if (own.status !== 303) {
    return problem(
      `A sign-out from the app's own pages is answered ${own.status}.`,
      "What stands in front of the app has to pass on the headers Origin and Sec-Fetch-Site as they are.",
    );
  }
  for (const headers of [{ origin: "https://elsewhere.example" }, { origin: "null" }]) {
    const { status } = await post(headers);
    if (status !== 403) {
      return problem(
        `A sign-out from another site is answered ${status}.`,
        "What stands in front of the app must not set Origin or Sec-Fetch-Site itself.",
      );
    }
  }
  return ok("other sites cannot sign users out");
});
