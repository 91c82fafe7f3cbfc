/** Pixels of a block: as `BLOCK` in `shaders/lib/line.wgsl`. */
export const BLOCK = 8;

/** Weights that are applied at a time: all of a small window, so that there is no loop, or eight. */
export const chunkOf = (taps: number): number => (taps <= 9 ? taps : 8);

/** How far beyond a line of pixels a window of so many taps reads. */
export const reachOf = (taps: number): number => BLOCK - 1 + Math.ceil(taps / chunkOf(taps)) * chunkOf(taps);

/**
 * The module `generated::correlate`: Σ_t w[t] x[i + t − radius] for the pixels of a block, and the same with the derivatives
 * of the weights where they are wanted. Written out, as everything that is read is used for eight sums at once; SwiftShader
 * reads no faster from an array of registers than from memory. On 4x3x224x224 a loop over the taps of four sums took three
 * times as long.
 */
export function correlateModule(taps: number, derivatives: boolean): string {
  const chunk = chunkOf(taps);
  const chunks = Math.ceil(taps / chunk);
  const range = (n: number) => Array.from({ length: n }, (_, k) => k);
  const kinds = derivatives ? ["w", "d"] : ["w"];
  const sums = (t: number) =>
    kinds.flatMap((kind) => [
      `${kind}a += ${kind}${t} * vec4f(${range(4).map((j) => `v${t + j}`)});`,
      `${kind}b += ${kind}${t} * vec4f(${range(4).map((j) => `v${t + j + 4}`)});`,
    ]);
  /** `read(k)` is the value k places behind the first. */
  const code = (read: (k: string) => string) => {
    const kept = range(BLOCK - 1);
    const from = chunks > 1 ? "c + " : "";
    const first = kept.map((k) => `v${k} = ${read(`${k}u`)};`);
    const body = [
      ...range(chunk).map((t) => `let v${t + BLOCK - 1} = ${read(`${from}${t + BLOCK - 1}u`)};`),
      ...range(chunk).flatMap((t) => kinds.map((kind) => `let ${kind}${t} = table[${kind}_at + ${from}${t}u];`)),
      ...range(chunk).flatMap(sums),
    ];
    if (chunks === 1) return [...first.map((line) => `let ${line}`), ...body].join("\n  ");
    return [
      ...first.map((line) => `var ${line}`),
      "var c = 0u;",
      "loop {",
      ...body.map((line) => `  ${line}`),
      ...kept.map((k) => `  v${k} = v${k + chunk};`),
      `  continuing { c += ${chunk}u; break if c >= ${chunk * chunks}u; }`,
      "}",
    ].join("\n  ");
  };
  return `import package::lib::line::Block;
import package::lib::window::{ Sums, line, table, tap };

fn correlate(block: Block, w_at: u32${derivatives ? ", d_at: u32, slopes: ptr<function, Sums>" : ""}) -> Sums {
  ${kinds.map((kind) => `var ${kind}a = vec4f(0.0);\n  var ${kind}b = vec4f(0.0);`).join("\n  ")}
  let start = block.start;
  let first = block.i - i32(line.radius);
  ${code((k) => `tap(start, first + i32(${k}))`)}
  ${derivatives ? "*slopes = Sums(da, db);\n  " : ""}return Sums(wa, wb);
}
`;
}
