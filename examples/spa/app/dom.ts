type Content = Node | string | undefined | false;

/** An element. Text stays text: nothing here parses markup. */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Partial<HTMLElementTagNameMap[Tag]> = {},
  ...content: Content[]
): HTMLElementTagNameMap[Tag] {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...content.filter((part) => part !== undefined && part !== false));
  return element;
}

/** Says something without moving the focus; screen readers read it out. */
export function say(text: string): void {
  const status = document.getElementById("status");
  if (status) status.textContent = text;
}

/** Moves the focus to what now matters, for those who cannot see that the page has changed. */
export function focusOn(element: HTMLElement): void {
  element.tabIndex = -1;
  element.focus();
}
