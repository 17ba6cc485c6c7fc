import { readLocalSettings } from "./host/settings.ts";

/** Where the app is reached when nothing else is said; as `func start` does. */
export const DEFAULT_PORT = 7071;

export type AppSettings = Record<string, string | undefined>;

/** App settings as the function app will see them: the environment wins over `local.settings.json`. */
export function appSettings(root: string, environment: AppSettings = process.env): AppSettings {
  return { ...readLocalSettings(root), ...environment };
}

/** Whether a real tenant is set up, so that the development one is not needed. */
export function hasTenant({ ENTRA_CLIENT_ID }: AppSettings): boolean {
  return Boolean(ENTRA_CLIENT_ID?.trim());
}

const DEVELOPMENT_STORAGE = /^\s*usedevelopmentstorage=true;?\s*$/i;

/** Whether the settings leave the table to the emulator: they name it, or no storage at all. */
export function needsAzurite(settings: AppSettings): boolean {
  for (const prefix of ["TOKEN_CACHE_STORAGE", "AzureWebJobsStorage"]) {
    const connectionString = settings[prefix]?.trim();
    if (connectionString) return DEVELOPMENT_STORAGE.test(connectionString);
    if (settings[`${prefix}__tableServiceUri`]?.trim()) return false;
  }
  return true;
}

/** The port that the public origin names when it is on this machine; a tunnel's origin names none. */
export function portOf({ APP_BASE_URL }: AppSettings): number {
  const text = APP_BASE_URL?.trim() ?? "";
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return (url?.hostname === "localhost" && Number(url.port)) || DEFAULT_PORT;
}
