/** Passes whose points may ask of the whole image: what the pass sees is measured before it, and pulled back behind it. */
import type { Gpu, Storage } from "../../gpu/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Pass } from "../pass.ts";
import { type Pull, type Pulled, type Sight, seeBackward, seeForward } from "../pixels/see.ts";
import { placesIn, statisticOf, wordsOf } from "../pixels/statistics.ts";
import { pointsOf } from "../pixels/work.ts";
import { abilities } from "./abilities.ts";
import type { Cost, Ran } from "./kind.ts";

/** Sees, and has the statistics of all that is seen. */
const withStatistics = (sight: Sight, statistics: Tensor | null, sumsStatistics = false): Sight =>
  statistics
    ? {
        ...sight,
        reads: [{ io: { role: "statistics" }, storage: statistics.storage }, ...(sight.reads ?? [])],
        chain: { ...sight.chain, sumsStatistics },
      }
    : sight;

/** Measures what points ask for, and runs a pixel pass. */
export function measuredForward(
  gpu: Gpu,
  pass: Pass,
  sight: Sight,
  x: Tensor,
  block: Tensor,
  into?: Storage,
): Pick<Ran, "y" | "saved"> {
  const measures = pointsOf(pass).some(({ bound }) => statisticOf(bound.transform.declaration));
  const statistics = measures ? abilities.statistic.measureAll(gpu, pass, sight, x, block) : null;
  return {
    y: seeForward(gpu, pass, withStatistics(sight, statistics), x, block, into),
    saved: statistics ? [block, statistics] : [block],
  };
}

/**
 * Pulls a gradient back through a pixel pass, and through the statistics of its points.
 * @param learns whether parameters of the kind itself learn from what comes back to what was seen
 */
export function measuredBackward(
  gpu: Gpu,
  pass: Pass,
  sight: Sight,
  asked: Pull,
  statistics: Tensor | null,
  learns = false,
): Pulled {
  if (!statistics) return seeBackward(gpu, pass, sight, asked);
  const [n] = pass.input;
  const { x, block, gradient, wanted, needsSeen } = asked;
  const { of, gradients } = placesIn(pass);
  // Statistics whose gradient reaches something: what was seen, or parameters up to where they are measured.
  const reaching = of.flatMap((place, point) =>
    place?.gradients && (needsSeen || learns || wanted.some(({ transform }) => transform <= pass.heads + point))
      ? [point]
      : [],
  );
  let sums: Storage | null = null;
  const pulled = seeBackward(gpu, pass, withStatistics(sight, statistics, reaching.length > 0), {
    x,
    block,
    gradient,
    needsSeen,
    wanted,
    more: gradients,
    writes: (length) => {
      if (!reaching.length) return [];
      sums = gpu.allocate(gradients * n * length * 4);
      return [{ io: { role: "statistic_sums" }, storage: sums }];
    },
  });
  if (sums) {
    abilities.statistic.pullStatistics(gpu, {
      x,
      block,
      wanted,
      pass,
      sight,
      learns,
      pulled,
      reaching,
      statistics,
      sums,
    });
    (sums as Storage).release();
  }
  return pulled;
}

/** What a pixel pass costs with the statistics of its points. */
export function measuredCost(pass: Pass, { dispatches, sums = 0, buffers }: Cost): Cost {
  const { of, rows, tables, gradients } = placesIn(pass);
  const measured = of.filter((place) => place !== null);
  const pulled = measured.filter((place) => place.gradients > 0).length;
  return {
    dispatches: { forward: dispatches.forward + measured.length, backward: dispatches.backward + pulled },
    readings: 1 + measured.length,
    table: Math.max(rows + tables, ...measured.map((place) => wordsOf(place) * Math.ceil(pass.input[1] / 3))),
    sums: Math.max(sums, gradients),
    buffers: measured.length ? buffers + 2 : buffers,
  };
}
