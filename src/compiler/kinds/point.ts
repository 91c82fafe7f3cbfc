/** Points: a row of them is read, computed in registers, and written. */
import type { Gpu, Storage } from "../../gpu/index.ts";
import { Tensor } from "../../tensor/index.ts";
import type { Declaration } from "../../transforms/index.ts";
import type { Slot } from "../pack/layout.ts";
import type { Pass } from "../pass.ts";
import type { ChainSpec } from "../pixels/chain.ts";
import { takePoints } from "../pixels/epilogue.ts";
import { dispatchKernel, sumRows } from "../pixels/kernel.ts";
import { ioOf, type Sight, seeBackward, seeForward, totalsOf } from "../pixels/see.ts";
import { geometryOf, label, pointsOf, userModules } from "../pixels/work.ts";
import { chainModule } from "../pixels/written.ts";
import { rolls } from "../tuning.ts";
import { type Kind, rowsOf, type Signature } from "./kind.ts";

const statisticPoints = (pass: Pass): number[] =>
  pointsOf(pass).flatMap(({ bound }, i) => (bound.transform.declaration.statistic ? [i] : []));

/** Points see their own pixel, and the statistics of the image. */
const sightOf = (statistics: Tensor | null, sumsStatistics = false): Sight => ({
  name: "point",
  modules: () => ({}),
  conditions: {},
  sums: 0,
  reads: statistics ? [{ io: { role: "statistics" }, storage: statistics.storage }] : [],
  chain: { sumsStatistics },
});

/** One reading pass per statistic, each over the chain before it. */
function measureAll(gpu: Gpu, pass: Pass, x: Tensor, block: Tensor): Tensor | null {
  const points = statisticPoints(pass);
  if (points.length === 0) return null;
  const [samples, , h, w] = pass.input;
  const statistics = new Tensor(gpu, [points.length, samples], "f32", gpu.allocate(points.length * samples * 4));
  gpu.untrack(statistics);
  const geometry = geometryOf(gpu, pass, pass.input);
  points.forEach((point, k) => {
    const length = geometry.threads * geometry.groups;
    const sums = gpu.allocate(samples * length * 4);
    dispatchKernel(gpu, {
      root: "point_measure",
      label: label(pass, "point_measure"),
      key: `${pass.key}|${point}`,
      io: ioOf(pass, [
        { role: "params" },
        { role: "statistics" },
        { role: "x", dtype: pass.inputType, access: "quad", plane: "in" },
        { role: "sums" },
      ]),
      conditions: { rolled: rolls(point) },
      modules: () => ({
        ...userModules(pass),
        "generated::chain": chainModule({
          points: pointsOf(pass),
          layout: pass.layout,
          channels: pass.input[1],
          statistic: { kind: "measure", point },
        }),
      }),
      shape: geometry.shape,
      buffers: [block.storage, statistics.storage, x.storage, sums],
      threads: geometry.total,
      bytes: x.byteLength,
    });
    const into = { total: statistics.storage, first: k * samples };
    sumRows(gpu, sums, samples, length, 1 / (h * w), into);
    sums.release();
  });
  return statistics;
}

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
  const reaching = statisticPoints(pass).filter(
    (point) => needsImage || wanted.some(({ transform }) => transform <= pass.heads + point),
  );
  const more = statisticPoints(pass).length;
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
    pullStatistics(gpu, { pass, geometry, chain, key, reaching, x, block, statistics, sums, partial, image });
    (sums as Storage).release();
  }
  return { image, totals: totalsOf(gpu, pass, pulled) };
}

/** A backward pass as it stands when all but the gradients of its statistics has been pulled back. */
interface Pulled {
  pass: Pass;
  geometry: ReturnType<typeof geometryOf>;
  chain: ChainSpec;
  key: string;
  reaching: readonly number[];
  x: Tensor;
  block: Tensor;
  statistics: Tensor;
  sums: Storage;
  partial: Storage;
  image: Storage | null;
}

/** Adds what the gradients of the statistics give, last one first: a later one adds to what reaches an earlier one. */
function pullStatistics(gpu: Gpu, pulled: Pulled): void {
  const { pass, geometry, chain, key, reaching, x, block, statistics, sums, partial, image } = pulled;
  const [n, c, h, w] = pass.input;
  const rows = statisticPoints(pass).length * n;
  const gradients = gpu.allocate(rows * 4);
  for (const point of [...reaching].reverse()) {
    sumRows(gpu, sums, rows, geometry.threads * geometry.groups, 1 / (h * w), { total: gradients, first: 0 });
    dispatchKernel(gpu, {
      root: "point_measure_backward",
      label: label(pass, "point_measure_backward"),
      key: `${key}|${point}`,
      io: ioOf(pass, [
        { role: "params" },
        { role: "statistics" },
        { role: "statistic_gradients" },
        { role: "x", dtype: pass.inputType, access: "quad", plane: "in" },
        { role: "partial" },
        { role: "statistic_sums" },
        ...(image ? [{ role: "y", dtype: "f32", adds: true } as const] : []),
      ]),
      conditions: { image_gradient: image !== null, rolled: rolls(chain.points.length, chain.wanted?.length) },
      modules: () => ({
        ...userModules(pass),
        "generated::chain": chainModule({ ...chain, statistic: { kind: "pull", point } }),
      }),
      shape: geometry.shape,
      buffers: [block.storage, statistics.storage, gradients, x.storage, partial, sums, ...(image ? [image] : [])],
      threads: geometry.total,
      bytes: x.byteLength + (image ? 2 * n * c * h * w * 4 : 0),
    });
  }
  gradients.release();
}

function functions({ statistic, position, draws = 0 }: Declaration): readonly Signature[] {
  const more = [...(statistic ? ["f32"] : []), ...(position ? ["Pixel"] : []), ...Array<string>(draws).fill("Draw")];
  const gradients = ["ptr<function,Params>", ...(statistic ? ["ptr<function,f32>"] : [])];
  return [
    ["forward", ["vec3f", "Params", ...more], "vec3f"],
    ["backward", ["vec3f", "Params", ...more, "vec3f", ...gradients], "vec3f"],
    ...(statistic ? MEASURES : []),
  ];
}

const MEASURES: readonly Signature[] = [
  ["measure", ["vec3f", "Params"], "f32"],
  ["measure_backward", ["vec3f", "Params", "f32", "ptr<function,Params>"], "vec3f"],
];

/** Changes each pixel by itself. */
export const point: Kind = {
  functions,
  hasParams: true,
  fields: ({ statistic }): Readonly<Record<string, string>> => (statistic ? { channels: "u32" } : {}),
  blends: true,
  take: ({ links, at, input }) => {
    const { count, output, ended } = takePoints(links, at, input, true);
    return { count, ended, pass: { kind: "point", heads: 0, output } };
  },
  readsF32: false,
  savesInput: true,
  cost: (pass) => {
    const passes = 1 + statisticPoints(pass).length;
    return { dispatches: { forward: passes, backward: passes }, readings: passes, buffers: passes > 1 ? 7 : 5 };
  },
  forward: (gpu, pass, x, block, into) => {
    const statistics = measureAll(gpu, pass, x, block);
    return {
      y: seeForward(gpu, pass, sightOf(statistics), x, block, into),
      saved: statistics ? [block, statistics] : [block],
      pull: (gradient, [sx, sb, ss], needsImage, wanted) => {
        const { image, totals } = backwardPoints(gpu, pass, sx, sb, ss ?? null, gradient, needsImage, wanted);
        return { image, of: rowsOf(wanted, totals), release: () => totals?.release() };
      },
    };
  },
};
