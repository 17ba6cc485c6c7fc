/** The same but for one character near its end. Not the last one: a part of that stands for nothing in base64. */
export function flipped(text: string): string {
  return text.slice(0, -9) + (text.at(-9) === "A" ? "B" : "A") + text.slice(-8);
}
