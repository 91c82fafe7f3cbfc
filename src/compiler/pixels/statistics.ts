/** What a point may ask of a whole image: its statistics, and where their values lie. */
import type { Declaration, StatisticName } from "../../transforms/index.ts";
import { type Bound, type Pass, perPass } from "../pass.ts";
import { pointsOf } from "./work.ts";

/** A statistic: what a point gets of it. */
interface Rule {
  /** Its type in WGSL, a plain one or a struct of `lib/statistic.wgsl`. */
  type: string;
  /** The fields of the struct, each of which has a gradient; one that has no name for a plain type. */
  parts: readonly string[];
  /** One value per channel; else one per sample. */
  perChannel: boolean;
  /** Further values per channel that backward needs, as fields of `Held`: which pixels hold an extreme. */
  held: readonly string[];
  /** Words, in threes, that a thread leaves for each group of channels. */
  words: number;
}

const RULES: Record<StatisticName, Rule> = {
  mean: { type: "f32", parts: [""], perChannel: false, held: [], words: 0 },
  minimum: { type: "vec3f", parts: [""], perChannel: true, held: ["holder"], words: 3 },
  maximum: { type: "vec3f", parts: [""], perChannel: true, held: ["holder"], words: 3 },
  extremes: { type: "Range", parts: ["low", "high"], perChannel: true, held: ["low", "high"], words: 6 },
  moments: { type: "Moments", parts: ["mean", "variance"], perChannel: true, held: [], words: 3 },
};

/** The fields of `Held`. */
export const HELD = ["x", "y", "count"];

/** A histogram: a table of so many entries per channel is made of it. */
export interface Histogram {
  bins: number;
}

/** What a declaration asks for: a statistic by name, a histogram, or nothing. */
export function statisticOf({ statistic }: Declaration): StatisticName | Histogram | null {
  if (!statistic) return null;
  if (statistic === true) return "mean";
  return typeof statistic === "string" ? statistic : { bins: statistic.histogram };
}

export const isHistogram = (statistic: StatisticName | Histogram | null): statistic is Histogram =>
  typeof statistic === "object" && statistic !== null;

export const ruleOf = (name: StatisticName): Rule => RULES[name];

/** What a point gets: the type that its functions take. */
export function typeOf(statistic: StatisticName | Histogram): string {
  return isHistogram(statistic) ? "Levels" : RULES[statistic].type;
}

/** Where the statistics of a point lie. */
export interface Place {
  statistic: StatisticName | Histogram;
  /** The first of its rows, `[rows][samples]`; the first float per sample of its table, which comes behind all rows. */
  first: number;
  /** The first row of its gradients, and how many there are. */
  gradient: number;
  gradients: number;
}

/** The rows of a statistic over so many channels. */
function sizeOf(statistic: StatisticName | Histogram, channels: number): number {
  if (isHistogram(statistic)) return 0;
  const { parts, perChannel, held } = RULES[statistic];
  return (parts.length + held.length * HELD.length) * (perChannel ? channels : 1);
}

/** Where all statistics of a row of points lie, by point; rows, floats of tables per sample, and rows of gradients altogether. */
export interface Places {
  of: readonly (Place | null)[];
  rows: number;
  tables: number;
  gradients: number;
}

export function placesOf(points: readonly { bound: Bound }[], channels: number): Places {
  const found = points.map(({ bound }) => statisticOf(bound.transform.declaration));
  const rows = found.reduce((sum, statistic) => sum + (statistic ? sizeOf(statistic, channels) : 0), 0);
  let [row, gradient, table] = [0, 0, rows];
  const of = found.map((statistic): Place | null => {
    if (!statistic) return null;
    if (isHistogram(statistic)) {
      const first = table;
      table += statistic.bins * channels;
      return { statistic, first, gradient, gradients: 0 };
    }
    const { parts, perChannel } = RULES[statistic];
    const place = { statistic, first: row, gradient, gradients: parts.length * (perChannel ? channels : 1) };
    row += sizeOf(statistic, channels);
    gradient += place.gradients;
    return place;
  });
  return { of, rows, tables: table - rows, gradients: gradient };
}

/** The same for the points of a pass. */
export const placesIn = perPass((pass: Pass): Places => placesOf(pointsOf(pass), pass.input[1]));

/** Words that each thread of a reading pass leaves for a group of channels. */
export const wordsOf = ({ statistic }: Place): number => (isHistogram(statistic) ? 0 : 3 * RULES[statistic].words);

/** What a statistic is called. */
export const nameOf = (statistic: StatisticName | Histogram): string =>
  isHistogram(statistic) ? "histogram" : statistic;
