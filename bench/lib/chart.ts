/** Horizontal bars in groups. */
interface BarChart {
  readonly title: string;
  readonly subtitle: string;
  /** One colour each. */
  readonly series: readonly string[];
  readonly groups: readonly {
    readonly label: string;
    /** In the order of the series. */
    readonly values: readonly number[];
  }[];
  readonly format: (value: number) => string;
}

const WIDTH = 760;
const CHARACTER = 7.2;
const RIGHT = 90;
const BAR = 15;
const GAP = 4;
const GROUP_GAP = 16;
const TOP = 88;

/** Light and dark by the reader's preference; the series differ in lightness as well as in hue. */
const STYLE = `
  text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328 }
  .title { font-size: 17px; font-weight: 600 }
  .muted { fill: #59636e }
  .back { fill: #ffffff }
  .grid { stroke: #d1d9e0 }
  .s0 { fill: #0550ae } .s1 { fill: #8c959f } .s2 { fill: #d4722a } .s3 { fill: #6f42c1 }
  .l0 { stroke: #0550ae } .l1 { stroke: #8c959f } .l2 { stroke: #d4722a } .l3 { stroke: #6f42c1 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc }
    .muted { fill: #9198a1 }
    .back { fill: #0d1117 }
    .grid { stroke: #3d444d }
    .s0 { fill: #58a6ff } .s1 { fill: #6e7681 } .s2 { fill: #e3a35c } .s3 { fill: #bc8cff }
    .l0 { stroke: #58a6ff } .l1 { stroke: #6e7681 } .l2 { stroke: #e3a35c } .l3 { stroke: #bc8cff }
  }`;

export function barChart({ title, subtitle, series, groups, format }: BarChart): string {
  const groupHeight = series.length * (BAR + GAP) + GROUP_GAP;
  const height = TOP + groups.length * groupHeight;
  const largest = Math.max(...groups.flatMap(({ values }) => values.filter(Number.isFinite)));
  const left = 36 + CHARACTER * Math.max(...groups.map(({ label }) => label.length));
  const scale = (WIDTH - left - RIGHT) / largest;
  const bars = groups.flatMap(({ label, values }, group) => {
    const top = TOP + group * groupHeight;
    const middle = top + (series.length * (BAR + GAP)) / 2;
    return [
      text(left - 12, middle + 3, label, 'text-anchor="end"'),
      ...values.flatMap((value, i) => {
        if (!Number.isFinite(value)) return [];
        const y = top + i * (BAR + GAP);
        const width = Math.max(1, value * scale);
        return [
          `<rect class="s${i}" x="${left.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="2"/>`,
          text(left + width + 6, y + BAR - 3, format(value), 'class="muted"'),
        ];
      }),
    ];
  });
  return svg(height, title, subtitle, [...legend(series), ...bars]);
}

/** Lines over time. */
interface LineChart {
  readonly title: string;
  readonly subtitle: string;
  readonly xLabel: string;
  readonly series: readonly {
    readonly label: string;
    readonly points: readonly (readonly [x: number, y: number])[];
  }[];
  readonly format: (value: number) => string;
}

const PLOT = 220;

export function lineChart({ title, subtitle, xLabel, series, format }: LineChart): string {
  const points = series.flatMap((line) => line.points);
  const ticksX = ticksUpTo(Math.max(...points.map(([x]) => x)));
  const ticksY = ticksUpTo(Math.max(...points.map(([, y]) => y)));
  const [maxX, maxY] = [ticksX, ticksY].map((ticks) => ticks.at(-1) ?? 1) as [number, number];
  const left = 80;
  const right = WIDTH - 30;
  const bottom = TOP + PLOT;
  const x = (value: number) => left + (value / maxX) * (right - left);
  const y = (value: number) => bottom - (value / maxY) * PLOT;
  const grid = ticksY.flatMap((value) => [
    `<line class="grid" x1="${left}" x2="${right}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}"/>`,
    text(left - 8, y(value) + 4, format(value), 'class="muted" text-anchor="end"'),
  ]);
  const lines = series.map(({ points }, i) => {
    const path = points.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(" ");
    return `<polyline class="l${i}" points="${path}" fill="none" stroke-width="2"/>`;
  });
  const axis = ticksX.map((value) => {
    const label = value === maxX ? `${value} ${xLabel}` : String(value);
    const anchor = value === maxX ? "end" : "middle";
    return text(x(value), bottom + 22, label, `class="muted" text-anchor="${anchor}"`);
  });
  const labels = series.map(({ label }) => label);
  return svg(bottom + 36, title, subtitle, [...legend(labels), ...grid, ...lines, ...axis]);
}

/** Round numbers from 0 to the first that is not below the largest value: about five. */
function ticksUpTo(largest: number): number[] {
  const power = 10 ** Math.floor(Math.log10(largest / 4));
  const step = power * ([1, 2, 5].find((factor) => factor * power * 5 >= largest) ?? 10);
  return Array.from({ length: Math.ceil(largest / step) + 1 }, (_, tick) => tick * step);
}

function legend(labels: readonly string[]): string[] {
  let x = 24;
  return labels.flatMap((label, i) => {
    const at = x;
    x += 34 + label.length * CHARACTER;
    return [
      `<rect class="s${i}" x="${at}" y="62" width="12" height="12" rx="2"/>`,
      text(at + 18, 73, label),
    ];
  });
}

function svg(height: number, title: string, subtitle: string, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escapeMarkup(`${title}. ${subtitle}`)}">`,
    `<style>${STYLE}</style>`,
    `<rect class="back" width="${WIDTH}" height="${height}" rx="6"/>`,
    text(24, 28, title, 'class="title"'),
    text(24, 48, subtitle, 'class="muted"'),
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

function text(x: number, y: number, content: string, attributes = ""): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escapeMarkup(content)}</text>`;
}

function escapeMarkup(content: string): string {
  return content.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
