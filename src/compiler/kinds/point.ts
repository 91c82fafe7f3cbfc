/** Points: a row of them is read, computed in registers, and written. */
import type { Gpu, Storage } from "../../gpu/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Declaration, StatisticName } from "../../transforms/index.ts";
import type { Slot } from "../pack/layout.ts";
import type { Pass } from "../pass.ts";
import { takePoints } from "../pixels/epilogue.ts";
import { type Sight, seeBackward, seeForward, totalsOf } from "../pixels/see.ts";
import { type Histogram, isHistogram, placesOf, ruleOf, statisticOf, typeOf, wordsOf } from "../pixels/statistics.ts";
import { pointsOf } from "../pixels/work.ts";
import { abilities } from "./abilities.ts";
import { gradientsOf, type Kind, type Signature } from "./kind.ts";

/** Points see their own pixel, and the statistics of the image. */
const sightOf = (statistics: Tensor | null, sumsStatistics = false): Sight => ({
  name: "point",
  modules: () => ({}),
  conditions: {},
  sums: 0,
  reads: statistics ? [{ io: { role: "statistics" }, storage: statistics.storage }] : [],
  chain: { sumsStatistics },
});

function backwardPoints(
  gpu: Gpu,
  pass: Pass,
  x: Tensor,
  block: Tensor,
  statistics: Tensor | null,
  gradient: Tensor,
  needsImage: boolean,
  wanted: readonly Slot[],
): { image: Storage | null; totals: Storage | null } {
  const [n, c, h, w] = pass.input;
  // Statistics whose gradient reaches something: pixels, or parameters up to where they are measured.
  const { of, gradients: more } = placesOf(pointsOf(pass), c);
  const reaching = of.flatMap((place, point) =>
    place?.gradients && (needsImage || wanted.some(({ transform }) => transform <= pass.heads + point)) ? [point] : [],
  );
  let sums: Storage | null = null;
  const pulled = seeBackward(gpu, pass, sightOf(statistics, reaching.length > 0), {
    x,
    block,
    gradient,
    needsSeen: needsImage,
    wanted,
    more,
    writes: (length) => {
      if (!reaching.length) return [];
      sums = gpu.allocate(more * n * length * 4);
      return [{ io: { role: "statistic_sums" }, storage: sums }];
    },
  });
  const { seen: image, partial, geometry } = pulled;
  if (statistics && sums) {
    const chain = {
      points: pointsOf(pass),
      layout: pass.layout,
      channels: c,
      wanted,
      sumsStatistics: true,
      ragged: (h * w) % 4 !== 0,
    };
    const key = `${pass.key}|${wanted.map((slot) => slot.offset).join()}|${image ? "x" : ""}`;
    abilities.statistic.pullStatistics(gpu, {
      pass,
      geometry,
      chain,
      key,
      reaching,
      x,
      block,
      statistics,
      sums,
      partial,
      image,
    });
    (sums as Storage).release();
  }
  return { image, totals: totalsOf(gpu, pass, pulled) };
}

function functions(declaration: Declaration): readonly Signature[] {
  const statistic = statisticOf(declaration);
  const type = statistic && typeOf(statistic);
  const pulled = statistic && !isHistogram(statistic);
  const more = [
    ...(type ? [type] : []),
    ...(declaration.position ? ["Pixel"] : []),
    ...(declaration.frame ? ["Frame"] : []),
    ...Array<string>(declaration.draws ?? 0).fill("Draw"),
  ];
  const gradients = ["ptr<function,Params>", ...(pulled ? [`ptr<function,${type}>`] : [])];
  return [
    ["forward", ["vec3f", "Params", ...more], "vec3f"],
    ["backward", ["vec3f", "Params", ...more, "vec3f", ...gradients], "vec3f"],
    ...(statistic ? measures(statistic) : []),
  ];
}

/** The functions that say what is measured at a pixel: its value, or which bin it is in and where its table is looked up. */
function measures(statistic: StatisticName | Histogram): readonly Signature[] {
  if (isHistogram(statistic)) {
    return [
      ["bin", ["vec3f"], "vec3f"],
      ["entry", ["u32", "Tally"], "f32"],
      ["place", ["vec3f"], "vec3f"],
    ];
  }
  const value = ruleOf(statistic).perChannel ? "vec3f" : "f32";
  return [
    ["measure", ["vec3f", "Params"], value],
    ["measure_backward", ["vec3f", "Params", value, "ptr<function,Params>"], "vec3f"],
  ];
}

/** Changes each pixel by itself. */
export const point: Kind = {
  motion: "still",
  functions,
  hasParams: true,
  fields: (declaration): Readonly<Record<string, string>> =>
    declaration.channelCount || statisticOf(declaration) === "mean" ? { channels: "u32" } : {},
  blends: true,
  take: ({ links, at, input }) => {
    const { count, output, ended } = takePoints(links, at, input, true);
    return { count, ended, pass: { kind: "point", heads: 0, output } };
  },
  readsF32: false,
  savesInput: true,
  cost: (pass) => {
    const { of, rows, tables, gradients } = placesOf(pointsOf(pass), pass.input[1]);
    const measured = of.filter((place) => place !== null);
    const pulled = measured.filter((place) => place.gradients > 0).length;
    return {
      dispatches: { forward: 1 + measured.length, backward: 1 + pulled },
      readings: 1 + measured.length,
      table: Math.max(rows + tables, ...measured.map((place) => wordsOf(place) * Math.ceil(pass.input[1] / 3))),
      sums: gradients,
      buffers: measured.length ? 7 : 5,
    };
  },
  forward: (gpu, pass, x, block, into) => {
    const measures = pointsOf(pass).some(({ bound }) => statisticOf(bound.transform.declaration));
    const statistics = measures ? abilities.statistic.measureAll(gpu, pass, x, block) : null;
    return {
      y: seeForward(gpu, pass, sightOf(statistics), x, block, into),
      saved: statistics ? [block, statistics] : [block],
      pull: (gradient, [sx, sb, ss], needsImage, wanted) => {
        const { image, totals } = backwardPoints(gpu, pass, sx, sb, ss ?? null, gradient, needsImage, wanted);
        return gradientsOf(image, wanted, totals);
      },
    };
  },
};
