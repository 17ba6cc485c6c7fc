import { createHash } from "node:crypto";
import { encodePng, type Rgb } from "./png.ts";

const SIZE = 240;
/** Half the width, in pixels, over which an edge fades from one colour to the other. */
const SOFTNESS = 0.75;

interface Ellipse {
  x: number;
  y: number;
  rx: number;
  ry: number;
}

const HEAD: Ellipse = { x: 120, y: 96, rx: 42, ry: 44 };
const SHOULDERS: Ellipse = { x: 120, y: 252, rx: 88, ry: 92 };

/** A portrait for a user: a figure before a gradient in the user's own colours. PNG, 240 × 240. */
export function photoOf(oid: string): Buffer {
  const hue = createHash("sha256").update(oid).digest().readUInt16BE() % 360;
  const top = fromHsl(hue, 0.62, 0.66);
  const bottom = fromHsl((hue + 40) % 360, 0.58, 0.42);
  const figure = fromHsl(hue, 0.7, 0.95);
  return encodePng(SIZE, (x, y) => {
    const background = blend(top, bottom, (x + 2 * y) / (3 * SIZE));
    return blend(background, figure, Math.max(cover(HEAD, x, y), cover(SHOULDERS, x, y)));
  });
}

/** How much of a pixel lies inside the ellipse, 0 to 1. */
function cover({ x: cx, y: cy, rx, ry }: Ellipse, x: number, y: number): number {
  const outside = (Math.hypot((x - cx) / rx, (y - cy) / ry) - 1) * Math.min(rx, ry);
  return Math.min(1, Math.max(0, 0.5 - outside / (2 * SOFTNESS)));
}

function blend(from: Rgb, to: Rgb, share: number): Rgb {
  const mix = (a: number, b: number) => Math.round(a + (b - a) * share);
  return [mix(from[0], to[0]), mix(from[1], to[1]), mix(from[2], to[2])];
}

/** https://www.w3.org/TR/css-color-4/#hsl-to-rgb */
function fromHsl(hue: number, saturation: number, lightness: number): Rgb {
  const channel = (n: number) => {
    const k = (n + hue / 30) % 12;
    const amplitude = saturation * Math.min(lightness, 1 - lightness);
    return Math.round(255 * (lightness - amplitude * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}
