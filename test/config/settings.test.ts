import { describe, expect, it } from "@jest/globals";
import { SettingInvalid } from "../../src/shared/base/errors.ts";
import { AT_ROOT } from "../../src/shared/config/address.ts";
import { authorityOrigins } from "../../src/shared/config/provider.ts";
import { readSettings, readSignOutSettings } from "../../src/shared/config/settings.ts";
import { CLIENT_ID, env, KEYS, SECRET, settings, TENANT_ID } from "../support/settings.ts";

describe("readSettings", () => {
  it("reads the least there has to be", () => {
    expect(settings({ APP_BASE_URL: undefined })).toMatchObject({
      baseUrl: "http://localhost:7071",
      clientId: CLIENT_ID,
      tenant: TENANT_ID,
      authority: `https://login.microsoftonline.com/${TENANT_ID}`,
      metadataUrl: `https://login.microsoftonline.com/${TENANT_ID}/v2.0/.well-known/openid-configuration`,
      credential: { kind: "secret", secret: SECRET },
      allowedTenants: new Set([TENANT_ID]),
      graphBaseUrl: "https://graph.microsoft.com/v1.0",
      sessionLifetime: 12 * 3_600_000,
    });
  });

  it("derives the metadata from the authority", () => {
    const { authority, metadataUrl } = settings({
      ENTRA_AUTHORITY: "https://contoso.ciamlogin.com/contoso.onmicrosoft.com/",
    });
    expect(authority).toBe("https://contoso.ciamlogin.com/contoso.onmicrosoft.com");
    expect(metadataUrl).toBe(`${authority}/v2.0/.well-known/openid-configuration`);
  });

  it.each([
    ["https://login.microsoftonline.us", "https://graph.microsoft.us/v1.0"],
    ["https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn/v1.0"],
    ["https://login.chinacloudapi.cn", "https://microsoftgraph.chinacloudapi.cn/v1.0"],
  ])("derives everything in a national cloud from %s", (host, graphBaseUrl) => {
    const authority = `${host}/${TENANT_ID}`;
    const read = settings({ ENTRA_AUTHORITY: authority });
    const metadataUrl = `${authority}/v2.0/.well-known/openid-configuration`;
    expect(read).toMatchObject({ authority, metadataUrl, graphBaseUrl });
    const dod = "https://dod-graph.microsoft.us/v1.0";
    const own = settings({ ENTRA_AUTHORITY: authority, GRAPH_BASE_URL: `${dod}/` });
    expect(own.graphBaseUrl).toBe(dod);
  });

  it("writes GUIDs and names in lower case: they are compared", () => {
    expect(settings({ ENTRA_TENANT_ID: "Common" })).toMatchObject({
      tenant: "common",
      authority: "https://login.microsoftonline.com/common",
    });
    const read = settings({
      ENTRA_TENANT_ID: "organizations",
      ENTRA_CLIENT_ID: CLIENT_ID.toUpperCase(),
      ENTRA_ALLOWED_TENANTS: ` ${TENANT_ID.toUpperCase()}, ${CLIENT_ID};\n`,
    });
    expect(read.clientId).toBe(CLIENT_ID);
    expect(read.allowedTenants).toEqual(new Set([TENANT_ID, CLIENT_ID]));
  });

  it("lets in no tenant but the one whose GUID is set, whatever the authority", () => {
    const read = settings({
      ENTRA_AUTHORITY: "https://login.microsoftonline.com/common",
      ENTRA_ALLOWED_TENANTS: CLIENT_ID,
    });
    expect(read.allowedTenants).toEqual(new Set([TENANT_ID]));
    expect(settings({ ENTRA_TENANT_ID: "common" }).allowedTenants).toBeUndefined();
  });

  it.each(["organizations", "common", "consumers", "contoso.onmicrosoft.com", TENANT_ID])(
    "knows the tenant %s",
    (tenant) => {
      const { authority } = settings({ ENTRA_TENANT_ID: tenant });
      expect(authority).toBe(`https://login.microsoftonline.com/${tenant}`);
    },
  );

  it.each([
    [{ APP_BASE_URL: "https://app.example.com/" }, "https://app.example.com"],
    [{ APP_BASE_URL: "https://APP.example.com:443" }, "https://app.example.com"],
    [{ WEBSITE_HOSTNAME: "x.azurewebsites.net" }, "https://x.azurewebsites.net"],
    [{ WEBSITE_HOSTNAME: "localhost:7072" }, "http://localhost:7072"],
    [{ APP_BASE_URL: "https://a.example", WEBSITE_HOSTNAME: "b.example" }, "https://a.example"],
  ])("takes the public origin from %j", (given, expected) => {
    const { origin, baseUrl } = settings({ APP_BASE_URL: undefined, ...given });
    expect([origin, baseUrl]).toEqual([expected, expected]);
  });

  describe("under a route prefix", () => {
    const under = (given: object) =>
      readSettings(env({ APP_BASE_URL: undefined, ...given }), { prefix: "/api", home: "/" });

    it.each([
      [{}, "http://localhost:7071"],
      [{ WEBSITE_HOSTNAME: "x.azurewebsites.net" }, "https://x.azurewebsites.net"],
      [{ APP_BASE_URL: "https://a.example/api" }, "https://a.example"],
      [{ APP_BASE_URL: "https://a.example/api/" }, "https://a.example"],
    ])("takes the address from %j", (given, origin) => {
      expect(under(given)).toMatchObject({ prefix: "/api", origin, baseUrl: `${origin}/api` });
    });

    it.each(["", "/", "/API", "/api/v1", "/v1/api", "/api?a"])("refuses one with %j", (path) => {
      expect(() => under({ APP_BASE_URL: `https://a.example${path}` })).toThrow(
        "APP_BASE_URL has to end in /api, which is the routePrefix in host.json.",
      );
    });
  });

  it.each<[string | undefined, string]>([
    [undefined, "Lightsout"],
    ["  ", "Lightsout"],
    ["Contoso & Söhne: <Zeiten>", "Contoso & Söhne: <Zeiten>"],
  ])("calls the app what APP_NAME says: %j", (given, expected) => {
    expect(settings({ APP_NAME: given }).appName).toBe(expected);
  });

  it.each([
    ["0.5", 1_800_000],
    ["1", 3_600_000],
    ["720", 2_592_000_000],
  ])("reads SESSION_HOURS %s", (hours, expected) => {
    expect(settings({ SESSION_HOURS: hours }).sessionLifetime).toBe(expected);
  });
});

describe("SESSION_BINDING", () => {
  const read = (SESSION_BINDING: string | undefined, APP_BASE_URL = "https://a.example") =>
    settings({ SESSION_BINDING, APP_BASE_URL }).sessionBinding;

  it("is off, unless it is set", () => {
    expect([undefined, "", "off", "optional", "required"].map((value) => read(value))).toEqual([
      ...["off", "off", "off", "optional", "required"],
    ]);
    expect(() => read("on")).toThrow("SESSION_BINDING has to be off, optional or required.");
  });

  it("cannot be required over http, where no browser binds a session", () => {
    expect(read("optional", "http://localhost:7071")).toBe("optional");
    expect(() => read("required", "http://localhost:7071")).toThrow(/^SESSION_BINDING.*https/);
  });
});

it.each<[string, "idleLimit" | "revalidatePeriod", number]>([
  ["SESSION_IDLE_MINUTES", "idleLimit", 0],
  ["REVALIDATE_MINUTES", "revalidatePeriod", 15],
])("a setting in minutes: %s", (name, read, fallback) => {
  const minutesOf = (value?: string) => settings({ [name]: value })[read] / 60_000;
  expect([undefined, "", "0", "0.5", "43200"].map(minutesOf)).toEqual([
    ...[fallback, fallback, 0, 0.5, 43_200],
  ]);
  for (const wrong of ["-1", "43201", "0x10", "1e2", "five", "Infinity", "5 min"]) {
    expect(() => minutesOf(wrong)).toThrow(`${name} has to be a number of minutes`);
  }
});

it.each<[string, string | undefined, string]>([
  ["ENTRA_CLIENT_ID", undefined, "overview page"],
  ["ENTRA_CLIENT_ID", "my-app", "Application (client) ID"],
  ["ENTRA_CLIENT_ID", `${CLIENT_ID}0`, "Application (client) ID"],
  ["ENTRA_TENANT_ID", undefined, "overview page"],
  ["ENTRA_TENANT_ID", "https://contoso.com", "GUID or domain"],
  ["ENTRA_TENANT_ID", "contoso.com/x", "GUID or domain"],
  ["ENTRA_TENANT_ID", "../common", "GUID or domain"],
  ["ENTRA_TENANT_ID", "contoso.com.", "GUID or domain"],
  ["ENTRA_AUTHORITY", "login.microsoftonline.com", "such as https://"],
  ["ENTRA_AUTHORITY", "http://login.microsoftonline.com/x", "https://"],
  ["ENTRA_AUTHORITY", "HTTP://localhost:7072/t", "ENTRA_METADATA_URL"],
  ["ENTRA_METADATA_URL", "http://example.com/metadata", "https://"],
  ["ENTRA_METADATA_URL", "metadata", "such as https://"],
  ["ENTRA_ALLOWED_TENANTS", "contoso.com", "tenant GUIDs"],
  ["ENTRA_ALLOWED_TENANTS", `${TENANT_ID},*`, "tenant GUIDs"],
  ["ENTRA_ALLOWED_TENANTS", " , ", "tenant GUIDs"],
  ["ENTRA_AUTHORITY", "https://login.microsoftonline.com/common?x=1", "query"],
  ["GRAPH_BASE_URL", "https://graph.microsoft.com/v1.0?x=", "query"],
  ["SESSION_HOURS", "0x10", "number of hours"],
  ["GRAPH_BASE_URL", "http://graph.microsoft.com", "https://"],
  ["GRAPH_BASE_URL", "/v1.0", "such as https://"],
  ["APP_BASE_URL", "app.example.com", "such as https://"],
  ["APP_BASE_URL", "http://app.example.com", "https://"],
  ["APP_BASE_URL", "https://app.example.com/path", "without a path"],
  ["APP_BASE_URL", "https://app.example.com/?query", "without a path"],
  ["APP_BASE_URL", "https://user:Hidden@app.example.com", "such as https://"],
  ["APP_NAME", "a".repeat(61), "up to 60 characters"],
  ["APP_NAME", "two\nlines", "on one line"],
  ["APP_NAME", "\u202eosotnoC", "on one line"],
  ["SESSION_HOURS", "0", "number of hours"],
  ["SESSION_HOURS", "-1", "number of hours"],
  ["SESSION_HOURS", "721", "number of hours"],
  ["SESSION_HOURS", "Infinity", "number of hours"],
  ["SESSION_HOURS", "a day", "number of hours"],
  ["ENTRA_CLIENT_SECRET", undefined, "exactly one of"],
  ["ENTRA_CLIENT_CERTIFICATE", "Hidden", "exactly one of"],
  ["TOKEN_CACHE_KEYS", undefined, "Make one with"],
  ["TOKEN_CACHE_KEYS", "k1:Hidden", "Make one with"],
  ["TOKEN_CACHE_STORAGE", undefined, "connection string"],
  ["TOKEN_CACHE_STORAGE", "AccountKey=Hidden", "AccountName and AccountKey"],
])("a setting that is wrong is named, with its fix, in one line: %s=%s", (name, value, fix) => {
  let error: unknown;
  try {
    readSettings(env({ [name]: value }));
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(SettingInvalid);
  const { message } = error as SettingInvalid;
  expect(message).toContain(name);
  expect(message).toContain(fix);
  expect(message).not.toContain("\n");
  for (const secret of ["Hidden", SECRET, KEYS]) expect(message).not.toContain(secret);
});

describe("authorityOrigins", () => {
  const login = "https://login.microsoftonline.com";
  it.each<[string, Record<string, string>, string[]]>([
    ["one tenant", {}, [login]],
    ["organizations", { ENTRA_TENANT_ID: "organizations" }, [login]],
    ["common", { ENTRA_TENANT_ID: "common" }, [login, "https://login.live.com"]],
    ["consumers", { ENTRA_TENANT_ID: "consumers" }, [login, "https://login.live.com"]],
    [
      "a national cloud",
      { ENTRA_AUTHORITY: `https://login.microsoftonline.us/${TENANT_ID}` },
      ["https://login.microsoftonline.us"],
    ],
    [
      "External ID",
      { ENTRA_AUTHORITY: "https://login.contoso.com/contoso.onmicrosoft.com" },
      ["https://login.contoso.com"],
    ],
    [
      "the development tenant",
      { ENTRA_METADATA_URL: "http://127.0.0.1:4180/t/v2.0/.well-known/openid-configuration" },
      [login, "http://127.0.0.1:4180", "http://localhost:4180", "http://*.localhost:4180"],
    ],
    [
      "a tenant on localhost itself, each place once",
      {
        ENTRA_METADATA_URL: "http://localhost:8080/t/v2.0/.well-known/openid-configuration",
      },
      [login, "http://localhost:8080", "http://*.localhost:8080"],
    ],
  ])("%s", (_, changes, expected) => {
    expect(authorityOrigins(settings(changes))).toEqual(expected);
  });
});

describe("a value that nobody has put in its place", () => {
  const names = new Set<string>();
  const recording = new Proxy(env(), {
    get(target, name) {
      names.add(String(name));
      return target[String(name)];
    },
  });
  readSettings(recording);

  it.each([...names])("%s", (name) => {
    for (const [value, kind] of [
      ["@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/Hidden)", "not resolved"],
      ["@microsoft.keyvault(VaultName=v;SecretName=Hidden)", "not resolved"],
      ["@Microsoft.AppConfiguration(Endpoint=https://c.azconfig.io; Key=Hidden)", "not resolved"],
      ["%Hidden%", "nobody has filled in"],
    ] as const) {
      const changed = env({ [name]: value });
      const error = expect.objectContaining({
        name: "SettingInvalid",
        message: expect.stringMatching(new RegExp(`^${name} is an? .*${kind}\\. [^\\n]*$`)),
      });
      expect(() => readSettings(changed)).toThrow(error);
      expect(() => readSettings(changed)).not.toThrow(/Hidden/);
    }
  });

  it.each(["a%20b", "@Microsoft", "100%", "%", "a%NAME%b"])("is not %j", (value) => {
    expect(() => readSettings(env({ ENTRA_CLIENT_SECRET: value }))).not.toThrow();
  });
});

describe("readSignOutSettings", () => {
  const WHOLE = {
    ENTRA_AUTHORITY: "https://login.microsoftonline.us/contoso.com",
    ENTRA_METADATA_URL: "https://idp.example.com/metadata",
    ENTRA_TENANT_ID: "organizations",
    ENTRA_ALLOWED_TENANTS: TENANT_ID,
  };
  const whole = readSettings(env(WHOLE));
  const wrong = (name: string) =>
    readSignOutSettings(env({ ...WHOLE, [name]: "@Microsoft.KeyVault(x)" }));

  it("reads what readSettings reads", () => {
    expect(whole).toMatchObject(readSignOutSettings(env(WHOLE)));
  });

  it.each<[string, object]>([
    ["APP_BASE_URL", { origin: "http://localhost:7071", baseUrl: "http://localhost:7071" }],
    ["ENTRA_CLIENT_ID", { clientId: undefined }],
    ["ENTRA_TENANT_ID", {}],
    ["ENTRA_AUTHORITY", { authority: "https://login.microsoftonline.com/organizations" }],
    [
      "ENTRA_METADATA_URL",
      { metadataUrl: `${WHOLE.ENTRA_AUTHORITY}/v2.0/.well-known/openid-configuration` },
    ],
    ["ENTRA_ALLOWED_TENANTS", { allowedTenants: undefined }],
    ["ENTRA_CLIENT_SECRET", {}],
    ["TOKEN_CACHE_KEYS", {}],
  ])("takes a wrong %s for one that is not set, and nothing else", (name, changed) => {
    expect(wrong(name)).toEqual({ ...readSignOutSettings(env(WHOLE)), ...changed });
  });

  it("takes the platform's name for the app where its own is wrong", () => {
    const named = { ...env({ APP_BASE_URL: "nonsense" }), WEBSITE_HOSTNAME: "app.example.net" };
    expect(readSignOutSettings(named).baseUrl).toBe("https://app.example.net");
  });

  it("always gives something", () => {
    expect(readSignOutSettings({ WEBSITE_HOSTNAME: "no host" })).toEqual({
      ...AT_ROOT,
      origin: "http://localhost:7071",
      baseUrl: "http://localhost:7071",
      appName: "Lightsout",
      clientId: undefined,
      tenant: "organizations",
      authority: "https://login.microsoftonline.com/organizations",
      metadataUrl:
        "https://login.microsoftonline.com/organizations/v2.0/.well-known/openid-configuration",
      allowedTenants: undefined,
    });
  });
});
