import { readLocalSettings } from "./host/settings.ts";

/** The app's default address, as with `func start`. */
export const DEFAULT_PORT = 7071;

export type AppSettings = Record<string, string | undefined>;

/** The function app's settings. The environment wins over `local.settings.json`. */
export function appSettings(root: string, environment: AppSettings = process.env): AppSettings {
  return { ...readLocalSettings(root), ...environment };
}

/** Whether a real tenant is set up, in place of the development tenant. */
export function hasTenant({ ENTRA_CLIENT_ID }: AppSettings): boolean {
  return Boolean(ENTRA_CLIENT_ID?.trim());
}

const DEVELOPMENT_STORAGE = /^\s*usedevelopmentstorage=true;?\s*$/i;

/** Whether the table is the emulator's: the settings name it, or no storage. */
export function needsAzurite(settings: AppSettings): boolean {
  for (const prefix of ["TOKEN_CACHE_STORAGE", "AzureWebJobsStorage"]) {
    const connectionString = settings[prefix]?.trim();
    if (connectionString) return DEVELOPMENT_STORAGE.test(connectionString);
    if (settings[`${prefix}__tableServiceUri`]?.trim()) return false;
  }
  return true;
}

/** The port of the public origin, if that is on this machine. Undefined for a tunnel. */
export function portOf({ APP_BASE_URL }: AppSettings): number {
  const text = APP_BASE_URL?.trim() ?? "";
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return (url?.hostname === "localhost" && Number(url.port)) || DEFAULT_PORT;
}
