/** Windows whose weights are all equal: the sums of neighbouring pixels have most of their values in common. */
import type { BlockSpec } from "./line-wgsl.ts";

/** Values that are added up one by one in the code, before there is a loop, and how many a turn of it adds. */
const WRITTEN_OUT = 32;
const CHUNK = 8;

const range = (from: number, end: number) => Array.from({ length: Math.max(end - from, 0) }, (_, k) => from + k);

/**
 * `correlate` for a window of `size` equal weights. Values are cut into stretches of that size; each window is the end of one and the
 * beginning of the next (van Herk 1992; Gil, Werman 1993). A thread adds up ends from the right and beginnings from the left. Nothing is
 * taken away again: NaN and infinity would never leave a running sum, and errors of rounding would add up.
 */
export function correlateFlat({ taps, block, even }: BlockSpec): string {
  const size = even ? taps - 1 : taps;
  // The end of one stretch and the beginning of the one before are the same values.
  const read = new Set<number>();
  const value = (k: number): string[] => {
    if (read.has(k)) return [];
    read.add(k);
    return [`let v${k} = ${tapAt(k)};`];
  };
  const lines = range(0, Math.ceil(block / size)).flatMap((m) =>
    stretch(m * size, Math.min(m * size + size, block), size, value),
  );
  const sums = range(0, block / 4).map((q) => `vec4f(${range(4 * q, 4 * q + 4).map((k) => `s${k}`)})`);
  return `fn correlate(block: Block, w_at: u32, t: Tail) -> Sums {
  let pixels = pixels_of(block.start);
  // The one in the middle is never 0.
  let w = table[w_at + line.radius];
  let first = block.i - i32(line.radius)${even ? " + select(0, 1, table[w_at] == 0.0)" : ""};
  ${lines.join("\n  ")}
  return Sums(${sums});
}
`;
}

const tapAt = (k: number | string) => `w * tap(pixels, first + ${k}, t)`;

/** The sums of the pixels from `begin` to `end`, whose windows begin in the stretch of values from `begin` on. */
function stretch(begin: number, end: number, size: number, value: (k: number) => string[]): string[] {
  const last = end - 1;
  const lines = common(last, begin + size, value);
  for (const k of range(begin, last).reverse()) lines.push(...value(k), `let c${k} = c${k + 1} + v${k};`);
  lines.push(`let s${begin} = c${begin};`);
  for (const k of range(begin + 1, end)) {
    const i = k + size - 1;
    const before = k === begin + 1 ? "" : `p${k - 1} + `;
    lines.push(...value(i), `let p${k} = ${before}v${i};`, `let s${k} = c${k} + p${k};`);
  }
  return lines;
}

/** What all of them have in common: the values from `from` to `end`. */
function common(from: number, end: number, value: (k: number) => string[]): string[] {
  const count = end - from;
  if (count <= WRITTEN_OUT) {
    const all = range(from, end);
    return [...all.flatMap(value), `let c${from} = ${all.map((k) => `v${k}`).join(" + ")};`];
  }
  const rest = from + (count % CHUNK);
  const chunk = range(0, CHUNK).map((k) => tapAt(`k + ${k}`));
  return [
    `var c${from} = ${range(from, rest).map(tapAt).join(" + ") || "0.0"};`,
    `var k = ${rest};`,
    "loop {",
    `  c${from} += ${chunk.join(" + ")};`,
    `  continuing { k += ${CHUNK}; break if k >= ${end}; }`,
    "}",
  ];
}
