/** The statistics of a chain as WGSL: how a thread loads them, looks them up in tables, and pulls their gradients back. */
import cheapWgsl from "../../../shaders/lib/cheap.wgsl";
import statisticWgsl from "../../../shaders/lib/statistic.wgsl";
import type { Shader } from "../../gpu/index.ts";
import type { StatisticName } from "../../transforms/index.ts";
import { type ChainSpec, forwardLines, pixelCode, type Written } from "./chain.ts";
import { aliasOf } from "./row.ts";
import { HELD, type Histogram, isHistogram, type Place, placesOf, ruleOf, statisticOf } from "./statistics.ts";

/** What is linked with what is written here. */
export const shaders: readonly Shader[] = [cheapWgsl, statisticWgsl];

/** Three channels' values from row `row` on, those of the last channel again where there are fewer. */
const lanesOf = (read: string, row: number, channels: number): string =>
  `vec3f(${[0, 1, 2]
    .map((lane) =>
      channels === 1 ? `${read}(${row}u, n)` : `${read}(${row}u + min(lane + ${lane}u, ${channels - 1}u), n)`,
    )
    .join(", ")})`;

/** A statistic, or the gradient of one, from `first` on. */
function loadOf(name: StatisticName, read: string, first: number, channels: number): string {
  const { type, parts, perChannel } = ruleOf(name);
  if (!perChannel) return `${read}(${first}u, n)`;
  const values = parts.map((_, part) => lanesOf(read, first + part * channels, channels));
  return parts.length === 1 ? values[0] : `${type}(${values.join(", ")})`;
}

/** Fields of a thread's row for the statistics of its points, with what fills them. */
export const rowFields = ({ points, channels, statistic }: ChainSpec): [string, string, string][] =>
  placesOf(points, channels).of.flatMap((place, i) => {
    const pulled = statistic?.kind === "pull" && statistic.point === i;
    return place ? fieldsOf(place, points[i].index, channels, pulled) : [];
  });

function fieldsOf(place: Place, index: number, channels: number, pulled: boolean): [string, string, string][] {
  const { statistic, first, gradient } = place;
  if (isHistogram(statistic))
    return [
      [
        `s${index}`,
        "vec3u",
        `${first}u * shape.samples + ${statistic.bins}u * (n * ${channels}u + min(lane + vec3u(0u, 1u, 2u), vec3u(${channels - 1}u)))`,
      ],
    ];
  const { type, parts, perChannel, held } = ruleOf(statistic);
  const fields: [string, string, string][] = [[`s${index}`, type, loadOf(statistic, "statistic", first, channels)]];
  // What pulling the mean back needs is one number, read where it is needed.
  if (!pulled || !perChannel) return fields;
  fields.push([`gs${index}`, type, loadOf(statistic, "statistic_gradient", gradient, channels)]);
  held.forEach((who, k) => {
    const from = first + (parts.length + k * HELD.length) * channels;
    const values = HELD.map((_, i) => lanesOf("statistic", from + i * channels, channels));
    fields.push([`${who}${index}`, "Held", `Held(${values.join(", ")})`]);
  });
  return fields;
}

/** The gradient of what was measured at a pixel: `v` is the value there. */
export function shareOf(place: Place, index: number, v: string): string {
  const { statistic, gradient } = place;
  const [s, g] = [`r.s${index}`, `r.gs${index}`];
  switch (statistic) {
    case "mean":
      return `statistic_gradient(${gradient}u, r.n) * (1.0 / f32(shape.pixels))`;
    case "minimum":
    case "maximum":
      return `share_of(${v}, at, ${s}, r.holder${index}, ${g})`;
    case "extremes":
      return `share_of(${v}, at, ${s}.low, r.low${index}, ${g}.low) + share_of(${v}, at, ${s}.high, r.high${index}, ${g}.high)`;
    case "moments":
      return `share_of_moments(${v}, ${s}, ${g}, f32(shape.pixels))`;
    default:
      throw new Error("A histogram has no gradient.");
  }
}

/** What the table of a histogram holds at a place, and in backward how far the next entry and the one before are from it. */
function levelsCode({ statistic }: Place, index: number, rises: boolean): string {
  const last = (statistic as Histogram).bins - 1;
  const entries = (bin: string) =>
    `vec3f(${["x", "y", "z"].map((lane) => `level(tables.${lane} + ${bin}.${lane})`).join(", ")})`;
  return `fn levels${index}(at: vec3f, tables: vec3u) -> Levels {
  let b = whole_of(select(select(vec3f(0.0), at, at > vec3f(0.0)), vec3f(${last}.0), at > vec3f(${last}.0)));
  let value = ${entries("b")};
${
  rises
    ? `  let next = min(b + vec3u(1u), vec3u(${last}u));
  let before = max(b, vec3u(1u)) - vec3u(1u);
`
    : ""
}  return Levels(value, ${rises ? `${entries("next")} - value, value - ${entries("before")}` : "vec3f(0.0), vec3f(0.0)"});
}
`;
}

/** Whether a sample asks for the statistic. A gate between 0 and 1 always does: at 0, too, it has a gradient. */
function asksCode({ points, statistic }: ChainSpec): string {
  const { bound, index } = points[statistic!.point];
  return `fn asks(r: Row) -> bool { return ${bound.gate === "coin" ? `r.on${index} != 0.0` : "true"}; }\n`;
}

function measureCode(spec: ChainSpec): string {
  const k = spec.statistic!.point;
  const { bound, index } = spec.points[k];
  const statistic = statisticOf(bound.transform.declaration);
  const call = isHistogram(statistic) ? `bin(x${k})` : `measure(x${k}, r.p${index})`;
  const type = statistic === "mean" ? "f32" : "vec3f";
  const lines = [...forwardLines(spec, k), `return ${aliasOf(index)}::${call};`];
  return pixelCode(spec, (x) => `fn measure(${x}: vec3f, r: Row, at: Pixel) -> ${type}`, lines);
}

/** What a chain with statistics has besides: the one that it measures, and what looks tables up. */
export function statisticsCode(spec: ChainSpec): Written {
  const { points, channels, wanted, statistic } = spec;
  const tables = placesOf(points, channels).of.flatMap((place, i) =>
    place && isHistogram(place.statistic) ? [levelsCode(place, points[i].index, wanted !== undefined)] : [],
  );
  const names = ["Held", "Levels", "Moments", "Range", "share_of", "share_of_moments"];
  const imports = [`import package::lib::statistic::{ ${names.join(", ")} };`];
  if (tables.length > 0) imports.push("import package::lib::cheap::whole_of;");
  const asked = statistic ? [asksCode(spec), ...(statistic.kind === "measure" ? [measureCode(spec)] : [])] : [];
  return { imports, code: [...asked, ...tables], io: [...(tables.length > 0 ? ["level"] : []), "statistic", "shape"] };
}

/** The points whose statistic's gradient this chain sums: all of them, or those before the one that it pulls back. */
export function summedStatistics({ points, channels, statistic, sumsStatistics }: ChainSpec): Summed[] {
  if (!sumsStatistics) return [];
  return placesOf(points, channels)
    .of.slice(0, statistic?.point)
    .flatMap((place, i) => (place?.gradients ? [{ place, index: points[i].index }] : []));
}

/** A statistic whose gradient is summed, and the position of its point. */
interface Summed {
  place: Place;
  index: number;
}

/** The parts of a statistic's gradient: `.low` and `.high`, or nothing where it is one value. */
export const gradientParts = ({ statistic }: Place): string[] =>
  isHistogram(statistic) ? [] : ruleOf(statistic).parts.map((part) => (part ? `.${part}` : ""));
