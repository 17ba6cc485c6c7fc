/** What differs between Microsoft's clouds. */
export interface Cloud {
  readonly isNational: boolean;
  /** Hosts of its authorities. Tokens name the first as their issuer. */
  readonly authorityHosts: readonly [string, ...string[]];
  /** Origin of Microsoft Graph. */
  readonly graph: string;
  /** The audience of a managed identity's token that is a client assertion (workload identity federation). */
  readonly tokenExchangeAudience: string;
}

const GLOBAL: Cloud = {
  isNational: false,
  authorityHosts: ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com"],
  graph: "https://graph.microsoft.com",
  tokenExchangeAudience: "api://AzureADTokenExchange",
};

const NATIONAL: readonly Cloud[] = [
  {
    isNational: true,
    authorityHosts: ["login.microsoftonline.us"],
    graph: "https://graph.microsoft.us",
    tokenExchangeAudience: "api://AzureADTokenExchangeUSGov",
  },
  {
    isNational: true,
    authorityHosts: ["login.partner.microsoftonline.cn", "login.chinacloudapi.cn"],
    graph: "https://microsoftgraph.chinacloudapi.cn",
    tokenExchangeAudience: "api://AzureADTokenExchangeChina",
  },
];

/** The cloud of an authority: the global one, unless its host is of a national cloud. */
export function cloudOf(authority: string): Cloud {
  const { hostname } = new URL(authority);
  return NATIONAL.find(({ authorityHosts }) => authorityHosts.includes(hostname)) ?? GLOBAL;
}
