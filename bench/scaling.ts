/** How augrad's times grow: with pixels, with the length of a chain, with storage and shape; and what a first call costs. */
import {
  apply,
  brightness,
  brightnessShift,
  contrast,
  empty,
  type Gpu,
  gamma,
  hue,
  invert,
  normalize,
  parameter,
  saturation,
  type Transform,
} from "../src/index.ts";
import { type Chain, chains } from "./chains.ts";
import { runsOf } from "./copies.ts";
import { clockOf, type Timed, timedRun } from "./device-clock.ts";
import type { Shape } from "./engine.ts";
import { alternate, timed } from "./measure.ts";
import type { Scaling, ScalingPoint } from "./record.ts";
import { steady, tenTransforms } from "./steady.ts";

export interface ScalingOptions {
  where: string;
  rounds: number;
  /** Also what takes minutes on a software adapter. */
  all: boolean;
  /** Another device of the same kind, for the first call. */
  another: () => Promise<Gpu>;
  onProgress?: (share: number) => void;
}

type Measure = (gpu: Gpu, options: ScalingOptions) => Promise<Omit<Scaling, "where" | "id">>;

/** One place on a line: runs take turns with the others of the same group. */
interface Spot {
  line: string;
  x: number | string;
  /** Pixels of the batch, all channels of one place counting once. */
  pixels: number;
  record: () => void;
  dispose: () => void;
}

const NANOSECONDS = "ns per pixel";
const byClock = (gpu: Gpu): string =>
  clockOf(gpu) === "device" ? "Passes alone, by the device's clock." : "From the call until the device has finished.";
/** Milliseconds of timed runs of one spot. */
const BUDGET = 5_000;

/** Times spots in turns, after two runs that compile and warm up. */
async function timeSpots(gpu: Gpu, spots: readonly Spot[], rounds: number): Promise<ScalingPoint[]> {
  try {
    const turns: Record<string, { run: Timed; runs: number }> = {};
    for (const [i, { record }] of spots.entries()) {
      const run = await timedRun(gpu, record, clockOf(gpu));
      await run();
      const warm = await timed(run);
      turns[i] = { run, runs: Math.min(rounds, Math.max(1, Math.floor(BUDGET / warm))) };
    }
    const costs = await alternate(turns, rounds);
    return spots.map(({ line, x, pixels }, i) => {
      const { median, quartiles, runs } = costs[i].wall;
      const perPixel = (milliseconds: number) => (milliseconds * 1e6) / pixels;
      return { line, x, value: perPixel(median), quartiles: [perPixel(quartiles[0]), perPixel(quartiles[1])], runs };
    });
  } finally {
    for (const { dispose } of spots) dispose();
  }
}

const pixelsOf = ([n, , h, w]: Shape): number => n * h * w;

/** Forward and both of a chain on a batch, as spots of two lines. */
function spotsOf(gpu: Gpu, name: string, x: number | string, shape: Shape, make: Chain["make"]): Spot[] {
  const runs = runsOf(gpu, shape, make);
  const pixels = pixelsOf(shape);
  let left = 2;
  const dispose = () => {
    if (--left === 0) runs.dispose();
  };
  return (["forward", "both"] as const).map((mode) => ({
    line: `${name}, ${mode}`,
    x,
    pixels,
    record: runs[mode],
    dispose,
  }));
}

const chainNamed = (name: string): Chain => chains.find((chain) => chain.name === name)!;
const COLOUR = chainNamed("colour chain about mid-grey");
const AFFINE = chainNamed("affine, bilinear");

const LARGEST_IN_SOFTWARE = 1024;

const pixels: Measure = async (gpu, { rounds, all, onProgress }) => {
  const sides = [32, 64, 128, 256, 512, 1024, 2048, 4096];
  const chosen = sides.filter((side) => all || !gpu.info.software || side <= LARGEST_IN_SOFTWARE);
  const left: string[] = [];
  if (chosen.length < sides.length) {
    left.push(`Sides above ${LARGEST_IN_SOFTWARE} were left out: the adapter is software; --all measures them too.`);
  }
  const points: ScalingPoint[] = [];
  for (const [i, side] of chosen.entries()) {
    const shape: Shape = [1, 3, side, side];
    for (const { name, make } of [COLOUR, AFFINE]) {
      try {
        points.push(...(await timeSpots(gpu, spotsOf(gpu, name, side, shape, make), rounds)));
      } catch (error) {
        left.push(`${name} at ${side}x${side} was not measured: ${(error as Error).message.split("\n")[0]}`);
      }
    }
    onProgress?.((i + 1) / chosen.length);
  }
  return {
    title: "Time per pixel by image size",
    x: "side of a square image, batch of one, pixels",
    unit: NANOSECONDS,
    points,
    note: [byClock(gpu), ...left].join(" "),
  };
};

/** Eight points that work on any number of channels but for two. */
const POINTS: readonly ((value: ReturnType<typeof parameter>) => Transform)[] = [
  (factor) => brightness({ factor }),
  (factor) => contrast({ factor }),
  (factor) => saturation({ factor }),
  (gammas) => gamma({ gamma: gammas }),
  (turns) => hue({ turns }),
  () => invert(),
  (shift) => brightnessShift({ shift }),
  () => normalize({ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }),
];

const chain: Measure = async (gpu, { rounds, onProgress }) => {
  const points: ScalingPoint[] = [];
  for (let length = 1; length <= POINTS.length; length++) {
    const make: Chain["make"] = (device, n) => {
      const parameters = Array.from({ length: 7 }, () => parameter(device, new Float32Array(n).fill(0.9)));
      const used = parameters.filter((_, i) => i < length && POINTS[i].length > 0);
      for (const spare of parameters) if (!used.includes(spare)) spare.dispose();
      return { transforms: POINTS.slice(0, length).map((point, i) => point(parameters[i])), parameters: used };
    };
    points.push(...(await timeSpots(gpu, spotsOf(gpu, "points", length, [4, 3, 224, 224], make), rounds)));
    onProgress?.(length / POINTS.length);
  }
  return {
    title: "A chain of point transforms by its length",
    x: "transforms, 4x3x224x224",
    unit: NANOSECONDS,
    points,
    note: byClock(gpu),
  };
};

const storage: Measure = async (gpu, { rounds }) => {
  const shape: Shape = [4, 3, 224, 224];
  const spots = [COLOUR, AFFINE].flatMap(({ name, make }) =>
    (["f32", "f16", "u8"] as const).map((dtype): Spot => {
      const runs = runsOf(gpu, shape, make, dtype);
      return {
        line: `${name}, forward`,
        x: dtype,
        pixels: pixelsOf(shape),
        record: runs.forward,
        dispose: runs.dispose,
      };
    }),
  );
  return {
    title: "Storage types",
    x: "storage of image and result, 4x3x224x224",
    unit: NANOSECONDS,
    points: await timeSpots(gpu, spots, rounds),
    note: byClock(gpu),
  };
};

/** Brightness and contrast, which take any number of channels. */
const anyChannels: Chain["make"] = (gpu, n) => {
  const factor = parameter(gpu, new Float32Array(n).fill(0.9));
  return { transforms: [brightness({ factor }), contrast({ factor })], parameters: [factor] };
};

const shapes: Measure = async (gpu, { rounds }) => {
  const named: readonly [string, Shape][] = [
    ["regular, 8x3x224x224", [8, 3, 224, 224]],
    ["batch of 1", [1, 3, 224, 224]],
    ["odd width, 223", [8, 3, 224, 223]],
    ["1 channel", [8, 1, 224, 224]],
  ];
  const spots = named.flatMap(([x, shape]) => [
    ...spotsOf(gpu, "two points", x, shape, anyChannels),
    ...spotsOf(gpu, AFFINE.name, x, shape, AFFINE.make),
  ]);
  return {
    title: "Irregular shapes",
    x: "batch of images",
    unit: NANOSECONDS,
    points: await timeSpots(gpu, spots, rounds),
    note: `${byClock(gpu)} A pixel of one channel is a third of the bytes of a pixel of three.`,
  };
};

/** Milliseconds of the first call of ten transforms: linking and compiling, and the run itself. */
async function firstCall(gpu: Gpu): Promise<number> {
  const x = empty(gpu, [8, 3, 64, 64]);
  const time = await timed(async () => {
    tenTransforms()(x, { step: 0 }).dispose();
    await gpu.sync();
  });
  x.dispose();
  return time;
}

const compile: Measure = async (_, { another }) => {
  const points: ScalingPoint[] = [];
  for (const x of ["first call", "a second device"]) {
    const gpu = await another();
    points.push({ line: "ten transforms", x, value: await firstCall(gpu) });
    const trivial = empty(gpu, [8, 3, 64, 64]);
    const warm = await timed(async () => {
      apply(trivial, brightness({ factor: 0.9 })).dispose();
      await gpu.sync();
    });
    points.push({ line: "then one more transform", x, value: warm });
    gpu.destroy();
  }
  return {
    title: "The first call of a pipeline",
    x: "device",
    unit: "ms",
    points,
    note: "Linking, compiling and the run, 8x3x64x64; single calls, not medians.",
  };
};

const STEPS = 1000;

const loop: Measure = async (gpu) => {
  const { created, bytesInUse, javascript } = await steady(gpu, STEPS);
  const [third, last] = bytesInUse;
  const points: ScalingPoint[] = [
    { line: "new buffers", x: "after the third step", value: created.buffers },
    { line: "new pipelines", x: "after the third step", value: created.pipelines },
    { line: "new bind groups", x: "after the third step", value: created.bindGroups },
    { line: "bytes in use", x: "growth since the third step", value: last - third },
    {
      line: "JavaScript, ms",
      x: "per step of ten transforms",
      value: javascript.forward.median,
      quartiles: javascript.forward.quartiles,
      runs: javascript.forward.runs,
    },
  ];
  return { title: `A loop of ${STEPS} equal learning steps`, x: "what", unit: "count, bytes or ms", points };
};

/** The series, by id. `compile` comes first, so that its first call is one. */
export const series: Readonly<Record<string, Measure>> = { compile, pixels, chain, storage, shapes, steady: loop };

/** Measures one series. */
export async function measureScaling(gpu: Gpu, id: string, options: ScalingOptions): Promise<Scaling> {
  return { where: options.where, id, ...(await series[id](gpu, options)) };
}
