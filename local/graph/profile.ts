import type { Entity } from "./odata.ts";

/** The user an access token speaks for. */
export interface GraphUser {
  oid: string;
  name: string;
  username: string;
  scopes: readonly string[];
  jobTitle?: string | undefined;
}

/** The properties Graph returns for a user unless asked for others. */
export function profileOf({ oid, name, username, jobTitle }: GraphUser): Entity {
  const [givenName = name, ...rest] = name.split(" ");
  return {
    businessPhones: ["+1 425 555 0100"],
    displayName: name,
    givenName,
    jobTitle: jobTitle ?? null,
    mail: username,
    mobilePhone: null,
    officeLocation: "18/2111",
    preferredLanguage: "en-US",
    surname: rest.join(" ") || null,
    userPrincipalName: username,
    id: oid,
  };
}
