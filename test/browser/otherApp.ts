import type { BrowserContext } from "playwright-core";
import type { Rig } from "../../local/rig.ts";

/** In a tab of its own: signs in there, which takes one click because the tenant knows the user, and out. */
export async function signOutInOtherApp(
  context: BrowserContext,
  { otherApp }: Pick<Rig, "otherApp">,
): Promise<void> {
  const page = await context.newPage();
  await page.goto(otherApp.url);
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByText("You are signed out everywhere").waitFor();
}
