/** Points: a row of them is read, computed in registers, and written. */
import type { Declaration, StatisticName } from "../../transforms/index.ts";
import { takePoints } from "../pixels/epilogue.ts";
import { type Sight, totalsOf } from "../pixels/see.ts";
import { type Histogram, isHistogram, ruleOf, statisticOf, typeOf } from "../pixels/statistics.ts";
import { gradientsOf, type Kind, type Signature } from "./kind.ts";
import { measuredBackward, measuredCost, measuredForward } from "./measured.ts";

/** Points see their own pixel. */
const SIGHT: Sight = { name: "point", modules: () => ({}), conditions: {}, sums: 0 };

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
    const { count, output, ended } = takePoints(links, at, input, { measures: "all", alone: true });
    return { count, ended, pass: { kind: "point", heads: 0, output } };
  },
  readsF32: false,
  savesInput: true,
  cost: (pass) => measuredCost(pass, { dispatches: { forward: 1, backward: 1 }, buffers: 5 }),
  forward: (gpu, pass, x, block, into) => ({
    ...measuredForward(gpu, pass, SIGHT, x, block, into),
    pull: (gradient, [sx, sb, statistics = null], needsImage, wanted) => {
      const asked = { x: sx, block: sb, gradient, needsSeen: needsImage, wanted };
      const pulled = measuredBackward(gpu, pass, SIGHT, asked, statistics);
      return gradientsOf(pulled.seen, wanted, totalsOf(gpu, pass, pulled));
    },
  }),
};
