import { bundleApp } from "../../scripts/bundleApp.ts";
import { readText } from "../infra/project.ts";
import { type Folder, newFolder } from "./folder.ts";

/** Bundles the app in test/support/ownApp into a folder to host. */
export async function buildOwnApp(): Promise<Folder> {
  const folder = await newFolder({ "host.json": readText("host.json") });
  await bundleApp("test/support/ownApp/main.ts", folder.path);
  return folder;
}
