import { Parts } from "../../local/parts.ts";
import { freePort } from "../../local/ports.ts";
import { type Rig, startRig } from "../../local/rig.ts";
import { startHttpsFront } from "../support/httpsFront.ts";

/** All of it behind https, as WebKit wants it: it keeps no `Secure` cookie of an http page. */
export async function startHttpsRig(): Promise<Rig> {
  const parts = new Parts();
  const front = async (hostname: string) => parts.add(startHttpsFront(await freePort(), hostname));
  try {
    const app = await front("localhost");
    const tenant = await front("login.localhost");
    const otherApp = await front("fabrikam.localhost");
    const ports = {
      functions: await freePort(),
      tenant: await freePort(),
      otherApp: await freePort(),
    };
    app.target = `http://127.0.0.1:${ports.functions}`;
    tenant.target = `http://127.0.0.1:${ports.tenant}`;
    otherApp.target = `http://127.0.0.1:${ports.otherApp}`;
    const rig = await parts.add(
      startRig({ ports, baseUrl: app.url, tenantUrl: tenant.url, otherAppUrl: otherApp.url }),
    );
    return { ...rig, stop: () => parts.stop() };
  } catch (error) {
    await parts.stop();
    throw error;
  }
}
