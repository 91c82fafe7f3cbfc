import blendWgsl from "../../../shaders/lib/blend.wgsl";
import frameWgsl from "../../../shaders/lib/frame.wgsl";
import pixelWgsl from "../../../shaders/lib/pixel.wgsl";
import type { Shader } from "../../gpu/index.ts";
import { modulePath } from "../identity.ts";
import type { Layout, Slot } from "../pack/layout.ts";
import type { Bound } from "../pass.ts";
import type * as Back from "./back-wgsl.ts";
import { drawArguments, drawImports } from "./draws.ts";
import { isPartial, lanesCode, own } from "./lanes.ts";
import { aliasOf, needsFrame, shaders as ofRow, rowCode } from "./row.ts";
import type * as Statistics from "./statistic-wgsl.ts";
import { isHistogram, statisticOf } from "./statistics.ts";

/** What is linked with what is written here. */
export const shaders: readonly Shader[] = [...ofRow, blendWgsl, frameWgsl, pixelWgsl];

/** A chain of points as WGSL: the module `generated::chain`. */
export interface ChainSpec {
  /** Points of the pass, with their position among the pass's transforms (maps come first). */
  points: readonly { bound: Bound; index: number }[];
  layout: Layout;
  channels: number;
  /** The transform whose `fill` the pass shows, if any. */
  fill?: number;
  /** Slots whose gradients are saved, by offset; absent in a forward pass. */
  wanted?: readonly Slot[];
  /** For a pass of a statistic: measure that of this point, or pull the gradient of it back through the points before. */
  statistic?: { kind: "measure" | "pull"; point: number };
  /** Whether a backward pass also sums the gradients of the statistics, for passes of their own to pull back. */
  sumsStatistics?: boolean;
  /** What writes them, where a point has one. */
  statistics?: typeof Statistics;
  /** What writes the way back, in a backward pass. */
  back?: typeof Back;
  /** Whether the last quad of a plane may reach beyond it: what lies there takes no part in any sum. */
  ragged?: boolean;
}

/** Part of a module: what it imports, its functions, and what it asks of `generated::io`. */
export type Written = Record<"imports" | "code" | "io", readonly string[]>;

export function chainModule(spec: ChainSpec): string {
  const { points } = spec;
  const framed = needsFrame(points);
  const forward: Written = {
    imports: [
      ...points.map(({ bound, index }) => `import package::${modulePath(bound)} as ${aliasOf(index)};`),
      "import package::lib::pixel::Pixel;",
      ...drawImports(points),
      ...(points.some(({ bound }) => bound.gate === "gate")
        ? ["import package::lib::blend::{ blend, blend_slope };"]
        : []),
      ...(framed ? ["import package::lib::frame::Frame;"] : []),
    ],
    code: [rowCode(spec), lanesCode(spec.channels), runCode(spec)],
    io: ["param", ...(framed ? ["shape"] : [])],
  };
  const parts = [forward, spec.back?.backCode(spec), spec.statistics?.statisticsCode(spec)].filter((part) => !!part);
  const io = new Set(parts.flatMap((part) => part.io));
  return [
    ...parts.flatMap(({ imports }) => imports),
    `import package::generated::io::{ ${[...io].join(", ")} };`,
    "",
    ...parts.flatMap(({ code }) => code),
  ].join("\n");
}

/** Further arguments of a transform's functions, for the pixel value `x`: its statistic, the pixel, the sizes. */
export function extras(point: ChainSpec["points"][number], x: string): string {
  const { bound, index } = point;
  const { declaration } = bound.transform;
  const statistic = statisticOf(declaration);
  const given = isHistogram(statistic)
    ? `, levels${index}(${aliasOf(index)}::place(${x}), r.s${index})`
    : statistic
      ? `, r.s${index}`
      : "";
  return `${given}${declaration.position ? ", at" : ""}${declaration.frame ? ", r.frame" : ""}${drawArguments(point)}`;
}

/** Whether a point that hides leaves a pixel: what it makes of 1, where it covers by 0, is the share that is left. */
function leaves(point: ChainSpec["points"][number]): string {
  const { bound, index } = point;
  const left = `${aliasOf(index)}::forward(vec3f(1.0), r.p${index}${extras(point, "vec3f(1.0)")})`;
  return `(${bound.gate === "gate" ? `blend(vec3f(1.0), ${left}, r.on${index})` : left}).x >= 0.5`;
}

export const hides = ({ bound }: ChainSpec["points"][number]): boolean => bound.transform.declaration.hides === true;

/** A condition under which a point that hides does; where a coin says no, it does not. */
export const isHidden = (point: ChainSpec["points"][number]): string =>
  point.bound.gate === "coin" ? `r.on${point.index} != 0.0 && !(${leaves(point)})` : `!(${leaves(point)})`;

/** One `let` per transform: the WGSL parser limits how deep expressions nest. */
export function forwardLines(spec: ChainSpec, upTo = spec.points.length): string[] {
  const lines: string[] = [];
  spec.points.slice(0, upTo).forEach((point, i) => {
    if (hides(point)) {
      lines.push(`let x${i + 1} = select(x${i}, vec3f(0.0), ${isHidden(point)});`);
      return;
    }
    const call = own(
      spec.channels,
      `${aliasOf(point.index)}::forward(x${i}, r.p${point.index}${extras(point, `x${i}`)})`,
    );
    const on = `r.on${point.index}`;
    if (point.bound.gate === "always") lines.push(`let x${i + 1} = ${call};`);
    else if (point.bound.gate === "coin")
      lines.push(`var x${i + 1} = x${i};`, `if (${on} != 0.0) { x${i + 1} = ${call}; }`);
    else lines.push(`let y${i} = ${call};`, `let x${i + 1} = blend(x${i}, y${i}, ${on});`);
  });
  return lines;
}

/** A function over a pixel. What a map shows beyond the image it shows in every lane. */
export const pixelCode = (spec: ChainSpec, head: (x: string) => string, lines: readonly string[]): string => {
  const shown = spec.fill !== undefined && isPartial(spec.channels);
  return `${head(shown ? "shown" : "x0")} {\n  ${[...(shown ? [`let x0 = ${own(spec.channels, "shown")};`] : []), ...lines].join("\n  ")}\n}\n`;
};

function runCode(spec: ChainSpec): string {
  const lines = [...forwardLines(spec), `return x${spec.points.length};`];
  return pixelCode(spec, (x) => `fn run(${x}: vec3f, r: Row, at: Pixel) -> vec3f`, lines);
}
