import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Cloud } from "../../src/shared/config/cloud.ts";
import { type FederatedIdentityCredential, federatedCredentialFor } from "./application.ts";
import type { Graph } from "./graph.ts";
import type { CredentialOption } from "./options.ts";

/** The credential that the registration lacks, and its app setting. */
interface CredentialPlan {
  /** For people. Undefined when the registration has it already. */
  readonly line: string | undefined;
  /** Gives it to the registration with this object id. @returns The app setting. */
  apply(applicationId: string): Promise<Record<string, string>>;
}

const SECRET_LIFETIME = 180 * 24 * 60 * 60 * 1_000;

/** Where the registration is. */
export interface Home {
  readonly cloud: Cloud;
  readonly tenantId: string;
}

/** Reads only. @param applicationId Of the registration; undefined when it is not there yet. */
export async function planCredential(
  graph: Graph,
  option: CredentialOption,
  home: Home,
  applicationId: string | undefined,
): Promise<CredentialPlan> {
  switch (option.kind) {
    case "secret":
      return planSecret(graph);
    case "certificate":
      return await planCertificate(graph, option.file, applicationId);
    case "managed-identity":
      return await planManagedIdentity(graph, option.clientId, home, applicationId);
  }
}

/** Makes a new secret every time, because only a new one can be read. */
function planSecret(graph: Graph): CredentialPlan {
  const endDateTime = new Date(Date.now() + SECRET_LIFETIME).toISOString();
  return {
    line: `+ passwordCredentials: a secret that ends on ${endDateTime.slice(0, 10)}`,
    async apply(id) {
      const passwordCredential = { displayName: "lightsout", endDateTime };
      const { secretText } = await graph.send<{ secretText: string }>(
        "POST",
        `/applications/${id}/addPassword`,
        { passwordCredential },
      );
      return { ENTRA_CLIENT_SECRET: secretText };
    },
  };
}

interface KeyCredential {
  readonly customKeyIdentifier: string | null;
}

async function planCertificate(
  graph: Graph,
  file: string,
  id: string | undefined,
): Promise<CredentialPlan> {
  const certificate = new X509Certificate(readFileSync(file));
  const thumbprint = certificate.fingerprint.replaceAll(":", "");
  // Seen in both forms.
  const identifiers = [thumbprint, Buffer.from(thumbprint, "hex").toString("base64")];
  const stored =
    id &&
    (await graph.get<{ keyCredentials: KeyCredential[] }>(
      `/applications/${id}?$select=keyCredentials`,
    ));
  const others = stored ? stored.keyCredentials : [];
  const has = others.some((key) => identifiers.includes(key.customKeyIdentifier ?? ""));
  return {
    line: has
      ? undefined
      : `+ keyCredentials: ${certificate.subject}, until ${certificate.validTo}`,
    async apply(applicationId) {
      const key = {
        type: "AsymmetricX509Cert",
        usage: "Verify",
        key: certificate.raw.toString("base64"),
        displayName: certificate.subject,
      };
      if (!has) {
        await graph.send("PATCH", `/applications/${applicationId}`, {
          keyCredentials: [...others, key],
        });
      }
      return { ENTRA_CLIENT_CERTIFICATE: `<the text of ${file}>` };
    },
  };
}

async function planManagedIdentity(
  graph: Graph,
  clientId: string,
  { cloud, tenantId }: Home,
  id: string | undefined,
): Promise<CredentialPlan> {
  const identity = await graph.get<{ id: string }>(
    `/servicePrincipals(appId='${clientId}')?$select=id`,
  );
  if (!identity) {
    throw new Error(`The tenant has no managed identity with the client id ${clientId}.`);
  }
  const wanted = federatedCredentialFor(cloud, tenantId, identity.id);
  const list = id && (await graph.get<Page>(`/applications/${id}/federatedIdentityCredentials`));
  const stored = list ? list.value : [];
  // Issuer and subject together are unique in a registration, and so is the name.
  const same = stored.find(
    ({ issuer, subject }) => issuer === wanted.issuer && subject === wanted.subject,
  );
  const has = same?.audiences.includes(wanted.audiences[0] ?? "");
  const outdated = same ?? stored.find(({ name }) => name === wanted.name);
  const { name, ...update } = wanted;
  return {
    line: has
      ? undefined
      : `${outdated ? "~" : "+"} federatedIdentityCredentials: ${name}, subject ${identity.id}`,
    async apply(applicationId) {
      const path = `/applications/${applicationId}/federatedIdentityCredentials`;
      if (!has && outdated) await graph.send("PATCH", `${path}/${outdated.id}`, update);
      else if (!has) await graph.send("POST", path, wanted);
      return { ENTRA_MANAGED_IDENTITY_CLIENT_ID: clientId };
    },
  };
}

interface Page {
  readonly value: readonly (FederatedIdentityCredential & { readonly id: string })[];
}
