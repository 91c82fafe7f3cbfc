/** The points that a pass takes along, behind what its kind does. */

import { ArgumentError } from "../../gpu/index.ts";
import type { Shape } from "../../tensor/index.ts";
import { outputSize } from "../outcome.ts";
import type { Bound } from "../pass.ts";
import { HEAVIEST, LONGEST_TAIL } from "../tuning.ts";
import { weightOf } from "../weight.ts";
import { nameOf, statisticOf } from "./statistics.ts";

/** Some points of a chain, and why they end. */
export interface Points {
  count: number;
  output: Shape;
  ended: string;
}

/**
 * For which points that ask of the whole image a pass measures what it sees. To look at the image twice takes longer than to store what
 * was seen: on SwiftShader, 4x3x224x224, a rotation and `contrastAboutMean` took 25 ms of the processors in one pass and 18 in two, 75
 * and 41 with gradients. So behind maps only what a coin gives to some samples is measured, where coins give the maps, too, as in a
 * `oneOf`: the others do not look.
 */
const MEASURES: Record<"all" | "chosen" | "none", (link: Bound) => boolean> = {
  all: () => true,
  chosen: ({ gate }) => gate === "coin",
  none: () => false,
};

/** What a pass may take. */
interface Room {
  /** For which points it measures what it sees. */
  measures: keyof typeof MEASURES;
  /** Whether it has nothing but points, so that it takes the first one however heavy it is. */
  alone?: boolean;
}

/** The points from `at` on; they end where the number of channels changes, or at a statistic where there may be none. */
export function takePoints(
  links: readonly Bound[],
  at: number,
  input: Shape,
  { measures, alone = false }: Room,
): Points {
  let output = input;
  let count = 0;
  let weight = 0;
  while (at + count < links.length) {
    const { transform } = links[at + count];
    const { kind, name } = transform.declaration;
    const statistic = statisticOf(transform.declaration);
    weight += weightOf(links[at + count]);
    if (kind !== "point") return { count, output, ended: `${name} looks at other pixels` };
    if (statistic && !MEASURES[measures](links[at + count]))
      return {
        count,
        output,
        ended: `${name} needs the ${nameOf(statistic)} of the resampled image`,
      };
    if (weight > HEAVIEST && (count > 0 || !alone))
      return { count, output, ended: `${name} would make a kernel that takes long to compile` };
    output = outputSize(transform, output);
    if (output[1] !== input[1] && links[at + count].gate !== "always") throw notByChance(name, input[1], output[1]);
    count++;
    if (output[1] !== input[1]) return { count, output, ended: `${name} changes the number of channels` };
  }
  return { count, output, ended: "end of the chain" };
}

/** What is applied to some samples alone keeps how many channels they have. */
export const notByChance = (name: string, from: number, to: number): ArgumentError =>
  new ArgumentError(
    `${name}.p`,
    "a probability",
    `none: it changes the number of channels from ${from} to ${to}, and samples of a batch have equally many`,
  );

/** Points whose pull-back needs neither the image nor sums, so that nothing has to be saved between a line and them. */
export function takeLinear(links: readonly Bound[], at: number): Omit<Points, "output"> {
  let count = 0;
  while (count < LONGEST_TAIL && at + count < links.length && isTail(links[at + count])) count++;
  const next = links[at + count]?.transform.declaration;
  if (!next) return { count, ended: "end of the chain" };
  if (isTail(links[at + count])) return { count, ended: `a filter takes ${LONGEST_TAIL} points along` };
  return {
    count,
    ended: next.kind === "point" ? `${next.name} needs the filtered image again` : `${next.name} looks at other pixels`,
  };
}

/** A linear point with numbers alone. */
export function isTail({ transform, gate, values, images }: Bound): boolean {
  if (transform.declaration.linear !== true || gate === "gate" || images) return false;
  for (const name in values) if ("tensor" in values[name]) return false;
  return true;
}
