// Plain JavaScript for any Node: azd runs it before provisioning, when nothing has been installed yet.
import { env } from "node:process";

const DOMAIN =
  /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/;
const ADDRESS = /^[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+$/;

/**
 * What each value of the azd environment has to be that infra/main.parameters.json takes; blank is the default.
 * @type {Record<string, { what: string, example: string, isRight: (value: string) => boolean }>}
 */
const VALUES = {
  SESSION_HOURS: wholeNumber(1, 720, "12"),
  SESSION_IDLE_MINUTES: wholeNumber(0, 43_200, "30"),
  REVALIDATE_MINUTES: wholeNumber(0, 43_200, "15"),
  SESSION_BINDING: {
    what: "off, optional or required",
    example: "optional",
    isRight: (value) => ["off", "optional", "required"].includes(value),
  },
  APP_NAME: {
    what: "a name of up to 60 characters, without quotes and backslashes",
    example: "Contoso",
    isRight: (value) => /^[^\p{Cc}\p{Cf}"\\]{1,60}$/u.test(value),
  },
  ALWAYS_READY_INSTANCES: wholeNumber(0, 100, "1"),
  CUSTOM_DOMAIN: {
    what: "a host name in lower case, without https:// and a path",
    example: "app.example.com",
    isRight: (value) => DOMAIN.test(value),
  },
  ALERT_EMAIL: {
    what: "one mail address",
    example: "ops@example.com",
    isRight: (value) => ADDRESS.test(value),
  },
};

/** @param {number} least @param {number} most @param {string} example */
function wholeNumber(least, most, example) {
  return {
    what: `a whole number from ${least} to ${most}`,
    example,
    /** @param {string} value */
    isRight: (value) => /^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most,
  };
}

for (const [name, { what, example, isRight }] of Object.entries(VALUES)) {
  const value = env[name] ?? "";
  if (value.trim() === "" || isRight(value)) continue;
  console.error(
    `${name} is ${JSON.stringify(value)}. It has to be ${what}: azd env set ${name} ${example}`,
  );
  process.exitCode = 1;
}
