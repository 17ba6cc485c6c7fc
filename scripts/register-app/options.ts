import { parseArgs } from "node:util";

export const USAGE = `Makes the app registration in Microsoft Entra ID, or adds to it what is missing.
It acts as you: sign in with az login first.

lightsout register-app [options]

  --base-url URL        origin of the app, with its route prefix (default: http://localhost:7071)
  --name NAME           unique name of the registration in the tenant (default: lightsout-<host>)
  --client-id GUID      use this registration, whoever made it
  --credential KIND     add a client credential:
                          secret                            valid for half a year, printed once
                          certificate:FILE                  PEM with the certificate and its key
                          managed-identity:CLIENT_ID        no secret: the app's managed identity
  --dry-run             print the differences, change nothing`;

export type CredentialOption =
  | { readonly kind: "secret" }
  | { readonly kind: "certificate"; readonly file: string }
  | { readonly kind: "managed-identity"; readonly clientId: string };

export interface Options {
  /** An origin. */
  readonly baseUrl: string;
  readonly uniqueName: string;
  readonly displayName: string;
  /** Of an existing registration; it wins over `uniqueName`. */
  readonly clientId: string | undefined;
  readonly credential: CredentialOption | undefined;
  readonly dryRun: boolean;
}

/** @throws Error with one line that names the option. @returns undefined when help is wanted. */
export function readOptions(args: string[]): Options | undefined {
  const { values } = parseArgs({
    args,
    options: {
      "base-url": { type: "string", default: "http://localhost:7071" },
      name: { type: "string" },
      "client-id": { type: "string" },
      credential: { type: "string" },
      "dry-run": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return undefined;
  const { origin, host, pathname } = readBaseUrl(values["base-url"]);
  return {
    baseUrl: origin + pathname.replace(/\/$/, ""),
    uniqueName: values.name ?? `lightsout-${host.replace(":", "-")}`,
    displayName: `Lightsout (${host})`,
    clientId: readGuid("--client-id", values["client-id"]),
    credential: values.credential === undefined ? undefined : readCredential(values.credential),
    dryRun: values["dry-run"],
  };
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function readGuid<T extends string | undefined>(option: string, value: T): T {
  if (value === undefined || GUID.test(value)) return value;
  throw new Error(`${option} has to be a GUID: the Application (client) ID.`);
}

function readBaseUrl(value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isPlain = url && !url.search && !url.hash && !url.username;
  const isSecure = url?.protocol === "https:" || url?.hostname === "localhost";
  if (isPlain && isSecure) return url;
  throw new Error(
    "--base-url has to be an origin with https, such as https://app.example.com (http only for localhost).",
  );
}

function readCredential(value: string): CredentialOption {
  const [kind, ...rest] = value.split(":");
  const detail = rest.join(":");
  if (kind === "secret" && !detail) return { kind };
  if (kind === "certificate" && detail) return { kind, file: detail };
  if (kind === "managed-identity" && detail) {
    return { kind, clientId: readGuid(`--credential ${kind}:`, detail) };
  }
  throw new Error("--credential has to be secret, certificate:FILE or managed-identity:CLIENT_ID.");
}
