import { join } from "node:path";
import { afterEach, describe, expect, it } from "@jest/globals";
import { readOptions } from "../../../scripts/doctor/options.ts";
import { newFolder } from "../../support/folder.ts";
import { startLoopback } from "../../support/loopback.ts";
import { shared } from "../../support/shared.ts";
import { runScript } from "../runScript.ts";
import { startSecureLoopback } from "../secureLoopback.ts";
import { forward, openClinic } from "./clinic.ts";

const clinic = shared(openClinic);
afterEach(() => {
  clinic.door.respond = clinic.ask;
});

const doctor = (args: readonly string[], env = clinic.rig.env) =>
  runScript(["doctor", ...args], env);

const ESCAPE = "\u001b[";

describe("lightsout doctor", () => {
  it("prints a line for every check, and ends with 0 when nothing is wrong", async () => {
    const { code, stdout, stderr } = await doctor([]);
    expect(stderr).toBe("");
    expect(stdout).toMatch(
      /^\nLightsout at http:\/\/127\.0\.0\.1:\d+, by the settings of local\.settings\.json and the environment\n\nSet-up\n {2}✓ Node\.js {15} +v\d/,
    );
    expect(stdout).toContain("\n  – Permissions            the registration cannot be read\n");
    expect(stdout).toMatch(
      /\nNothing is wrong: 25 in order, 4 that cannot be told from here\.\n\n$/,
    );
    expect(stdout).not.toContain(ESCAPE);
    expect(code).toBe(0);
  });

  it("prints the fix below what is wrong, and ends with 1", async () => {
    const env = { ...clinic.rig.env, ENTRA_CLIENT_SECRET: "wrong", NO_COLOR: "1" };
    const { code, stdout } = await doctor([], env);
    expect(stdout).toMatch(/\n {2}✗ Credential {12} .*AADSTS7000215.*\n {27}→ ENTRA_CLIENT_SECRET/);
    expect(stdout).toContain("\n2 problems, ");
    expect(stdout).not.toContain(ESCAPE);
    expect(code).toBe(1);
  });

  it("does not take an identity that gives no token for an accepted credential", async () => {
    const endpoint = await startLoopback(() => ({
      status: 400,
      body: { statusCode: 400, message: "Unable to load the proper Managed Identity." },
    }));
    const ENTRA_MANAGED_IDENTITY_CLIENT_ID = "00000000-0000-4000-8000-00000000000b";
    const identity = { IDENTITY_ENDPOINT: endpoint.url, IDENTITY_HEADER: "secret" };
    const credential = { ENTRA_CLIENT_SECRET: "", ENTRA_MANAGED_IDENTITY_CLIENT_ID };
    const { code, stdout } = await doctor([], { ...clinic.rig.env, ...identity, ...credential });
    await endpoint.stop();
    expect(stdout).toMatch(
      /✗ Credential {12} The managed identity \S+ gives no token for api:\S+: \S+ answers 400\.\n +→ Check that the identity in ENTRA_MANAGED/,
    );
    expect(code).toBe(1);
  });

  it("is colourful where that is wanted", async () => {
    const { stdout } = await doctor([], { FORCE_COLOR: "1", ENTRA_CLIENT_ID: "nonsense" });
    expect(stdout).toContain(`${ESCAPE}32m✓`);
    expect(stdout).toContain(`${ESCAPE}31m✗`);
  });

  it("speaks JSON to programs, and gives away no secret", async () => {
    const { code, stdout } = await doctor(["--json"]);
    const { url, ok, checks } = JSON.parse(stdout);
    expect({ url, ok, code }).toEqual({ url: clinic.door.url, ok: true, code: 0 });
    expect(checks).toHaveLength(29);
    expect(checks[0]).toEqual({
      section: "Set-up",
      name: "Node.js",
      status: "ok",
      detail: process.version,
    });
    const { ENTRA_CLIENT_SECRET = "?", TOKEN_CACHE_KEYS = "?" } = clinic.rig.env;
    expect(stdout).not.toContain(ENTRA_CLIENT_SECRET);
    expect(stdout).not.toContain(TOKEN_CACHE_KEYS.split(":")[1]);
  });
});

describe("lightsout doctor --url", () => {
  const secure = shared(() =>
    startSecureLoopback((request) => forward(clinic.rig.host.url, request)),
  );
  const folder = shared(() => newFolder({ "certificate.pem": secure.certificate }));

  it("looks at an app without its settings", async () => {
    const { code, stdout } = await doctor(["--url", clinic.door.url, "--json"], {});
    const { ok, checks } = JSON.parse(stdout) as {
      ok: boolean;
      checks: { name: string; status: string }[];
    };
    expect(ok).toBe(true);
    expect(code).toBe(0);
    expect(checks.filter(({ status }) => status === "ok").map(({ name }) => name)).toEqual([
      ...["Node.js", "Metadata", "Clocks", "Redirect URI", "Sign-out redirect URI"],
      ...["Answers", "https", "Own address", "Same origin", "Headers", "Sign-out frame", "Cookies"],
      "Device binding",
    ]);
  });

  it("takes https for what it is, and an address that the app does not know for a fault", async () => {
    const env = { NODE_EXTRA_CA_CERTS: join(folder.path, "certificate.pem") };
    const { code, stdout } = await doctor(["--url", secure.url], env);
    expect(stdout).toMatch(/✓ https {18}https only\n/);
    expect(stdout).toContain(
      `✗ Own address            The app takes itself for ${clinic.door.url}.`,
    );
    expect(stdout).toMatch(/✓ Headers/);
    expect(code).toBe(1);
  });

  it("says where an app without Strict-Transport-Security gets it from", async () => {
    const bare = await startSecureLoopback(async (request) => {
      const answer = await forward(clinic.rig.host.url, request);
      const { "strict-transport-security": _, ...headers } = answer.headers ?? {};
      return { ...answer, headers };
    });
    const { path, stop } = await newFolder({ "certificate.pem": bare.certificate });
    const env = { NODE_EXTRA_CA_CERTS: join(path, "certificate.pem") };
    const { stdout } = await doctor(["--url", bare.url], env);
    expect(stdout).toMatch(
      /✗ Headers .* is missing\.\n +→ Put it into customHeaders in host\.json\./,
    );
    await bare.stop();
    await stop();
  });

  it("says when nobody is there", async () => {
    clinic.door.respond = () => "drop";
    const { code, stdout } = await doctor(["--url", clinic.door.url], {});
    expect(stdout).toMatch(/✗ Answers .* does not answer \(.+\)\.\n +→ Check the address, DNS/);
    expect(stdout).toContain("\n1 problem, ");
    expect(code).toBe(1);
  });
});

it.each([
  ["https://app.example.com/", "https://app.example.com"],
  ["https://app.example.com/api/", "https://app.example.com/api"],
])("looks at %s with its route prefix", (url, expected) => {
  expect(readOptions(["--url", url])?.url).toBe(expected);
});

it.each([
  [["--url", "http://app.example.com"], /^--url has to begin with https:\/\//],
  [["--fix"], /^Unknown option '--fix'/],
])("%j is told what is wrong", async (args, message) => {
  const { code, stderr } = await doctor(args);
  expect(stderr).toMatch(message);
  expect(code).toBe(1);
});

it("explains itself", async () => {
  expect((await doctor(["--help"])).stdout).toContain("lightsout doctor --url https://");
});
