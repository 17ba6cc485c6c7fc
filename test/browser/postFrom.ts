import type { Page } from "playwright-core";

/** Has the page that is open post a form elsewhere. @param fields As a form is sent. */
export async function postFrom(page: Page, action: string, fields: string): Promise<void> {
  const inputs = [...new URLSearchParams(fields)]
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`)
    .join("");
  await page.setContent(
    `<form method="post" action="${action}">${inputs}<button>Go</button></form>`,
  );
  await page.getByRole("button", { name: "Go" }).click();
}
