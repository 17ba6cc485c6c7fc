import type { TenantUser } from "./directory.ts";

/** The tenant all personal Microsoft accounts live in. */
export const CONSUMERS_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad";

const FABRIKAM_TENANT = "f4b6c1a0-5d3e-4e0b-9a55-0c2f7d9b8e31";

/** Three employees, a guest and a personal account. */
export function defaultUsers(): TenantUser[] {
  return [
    {
      oid: "87d349ed-44d7-43e1-9a83-5f2406dee5bd",
      name: "Adele Vance",
      givenName: "Adele",
      surname: "Vance",
      username: "adelev@contoso.com",
      jobTitle: "Retail Manager",
    },
    {
      oid: "4782e723-f4f4-4af3-a76e-25e3bab0d896",
      name: "Alex Wilber",
      givenName: "Alex",
      surname: "Wilber",
      username: "alexw@contoso.com",
      jobTitle: "Marketing Assistant",
    },
    {
      oid: "48d31887-5fad-4d73-a9f5-3c356e68a038",
      name: "Megan Bowen",
      givenName: "Megan",
      surname: "Bowen",
      username: "meganb@contoso.com",
      jobTitle: "Auditor",
      roles: ["Auditor"],
    },
    {
      oid: "1c7e1f0d-98a7-4c4a-8ec6-c7d8c2d0b0aa",
      name: "Jordan Miller",
      givenName: "Jordan",
      surname: "Miller",
      username: "jordan@fabrikam.com",
      jobTitle: "Consultant",
      tenantId: FABRIKAM_TENANT,
      guestOid: "b0e5a4c3-2f63-4f0e-8d5c-6d1b1a7f4e92",
    },
    {
      oid: "00000000-0000-0000-7a1d-9c40c8f5b2e6",
      name: "Sam Rivera",
      givenName: "Sam",
      surname: "Rivera",
      username: "sam.rivera@outlook.com",
      tenantId: CONSUMERS_TENANT,
    },
  ];
}

/** `<oid>.<tid>` of the home tenant: MSAL's homeAccountId. */
export function homeAccountId(user: TenantUser, tenantId: string): string {
  return `${user.oid}.${homeTenant(user, tenantId)}`;
}

export function homeTenant(user: TenantUser, tenantId: string): string {
  return user.tenantId ?? tenantId;
}

/** The value of the `login_hint` claim: opaque to apps, and never the UPN. */
export function loginHint(user: TenantUser, tenantId: string): string {
  const value = ["1", user.oid, homeTenant(user, tenantId), user.username].join("\n");
  return `O.${Buffer.from(value).toString("base64url")}`;
}

/** Whether a `login_hint` parameter (claim value or UPN) means this user. */
export function isHinted(user: TenantUser, hint: string, tenantId: string): boolean {
  return hint === loginHint(user, tenantId) || hint.toLowerCase() === user.username.toLowerCase();
}
