/** The passes of statistics: what reads the image before the pass of their points, and what pulls their gradients back through it. */
import { type Gpu, linkShader, type Storage, type Wgsl, withShaders } from "../../gpu/index.ts";
import { type Shape, count as sizeOf, Tensor } from "../../tensor/index.ts";
import type { StatisticName } from "../../transforms/index.ts";
import { modulePath } from "../identity.ts";
import { type Pass, quadAligned } from "../pass.ts";
import type { ChainSpec } from "../pixels/chain.ts";
import type { IoBuffer } from "../pixels/io.ts";
import { dispatchKernel, groupsFor, sumRows } from "../pixels/kernel.ts";
import { frameWords, imageOf, ioOf, type Pull, type Pulled, type Sight, specOf, standInsOf } from "../pixels/see.ts";
import { type Histogram, isHistogram, type Place, placesIn, wordsOf } from "../pixels/statistics.ts";
import { geometryOf, label, pointsOf, userModules } from "../pixels/work.ts";
import { chainModule } from "../pixels/written.ts";
import { rolls, sumsAlone } from "../tuning.ts";

/** The kernels of statistics are known to the linker when this is done. */
const kernels = () => withShaders(import("./statistic-shaders.ts"));

const chainOf = async (spec: ChainSpec): Promise<Wgsl> => {
  await kernels();
  return chainModule(spec);
};

/** A statistic that is measured: of which point, and where it goes. */
interface Measured {
  pass: Pass;
  sight: Sight;
  point: number;
  place: Place;
  x: Tensor;
  block: Tensor;
  statistics: Tensor;
}

/** The planes that are measured: what is seen has the size of the result, and the channels of the input. */
const seenOf = ({ input, output }: Pass): Shape => [...input.slice(0, 2), ...output.slice(2)];

/** One reading pass per statistic, each over what is seen and the chain before it; null where no point needs one. */
function measureAll(gpu: Gpu, pass: Pass, sight: Sight, x: Tensor, block: Tensor): Tensor | null {
  const { of, rows, tables } = placesIn(pass);
  if (!of.some(Boolean)) return null;
  const [samples] = pass.input;
  const size = (rows + tables) * samples;
  const statistics = new Tensor(gpu, [size], "f32", gpu.allocate(size * 4));
  gpu.untrack(statistics);
  of.forEach((place, point) => {
    if (!place) return;
    const measured = { pass, sight, point, place, x, block, statistics };
    if (isHistogram(place.statistic)) count(gpu, measured, place.statistic);
    else if (place.statistic === "mean") average(gpu, measured);
    else gather(gpu, measured, place.statistic);
  });
  return statistics;
}

/** Whether a coin gives a point to some samples: the others are not measured for it. */
const isChosen = (pass: Pass, point: number): boolean => pointsOf(pass)[point].bound.gate === "coin";

/** Runs a reading pass, whose threads leave what they found in `into`. */
function read(gpu: Gpu, measured: Measured, root: string, geometry: Geometry, into: IoBuffer, to: Storage): void {
  const { pass, sight, point, x, block, statistics } = measured;
  const { statistic } = measured.place;
  const { reads = [] } = sight;
  dispatchKernel(gpu, {
    root,
    label: label(pass, root),
    key: `${pass.key}${sight.key ?? ""}|${point}`,
    io: () =>
      ioOf(pass, [
        { role: "params" },
        { role: "statistics" },
        ...reads.map(({ io }) => io),
        imageOf(pass, sight),
        into,
      ]),
    conditions: { ...sight.conditions, own_place: !sight.module, some: isChosen(pass, point), rolled: rolls(point) },
    standIns: {
      ...standInsOf(sight),
      ...(isHistogram(statistic) ? {} : { "generated::statistic": `statistic::${statistic}` }),
    },
    modules: () => ({
      ...userModules(pass),
      ...sight.modules(false, []),
      "generated::chain": chainOf(specOf(pass, sight, { statistic: { kind: "measure", point } })),
    }),
    shape: [...geometry.shape, ...frameWords(pass)],
    buffers: [block.storage, statistics.storage, ...reads.map(({ storage }) => storage), x.storage, to],
    threads: geometry.total,
    bytes: x.byteLength,
  });
}

type Geometry = ReturnType<typeof geometryOf>;

/** The mean over all pixels of what the module measures, one per sample. */
function average(gpu: Gpu, measured: Measured): void {
  const { pass, place, statistics } = measured;
  const [samples, , h, w] = pass.output;
  const geometry = geometryOf(gpu, pass, seenOf(pass));
  const length = geometry.threads * geometry.groups;
  const sums = gpu.allocate(samples * length * 4);
  read(gpu, measured, "point_measure", geometry, { role: "sums" }, sums);
  sumRows(gpu, sums, samples, length, 1 / (h * w), { total: statistics.storage, first: place.first * samples });
  sums.release();
}

/** A statistic of each channel: threads gather, and what they gathered becomes one. */
function gather(gpu: Gpu, measured: Measured, name: StatisticName): void {
  const { pass, place, statistics } = measured;
  const seen = seenOf(pass);
  const [samples, channels, h, w] = seen;
  const each = wordsOf(place);
  const geometry = geometryOf(gpu, pass, seen, { sums: each });
  const { threads, groups } = geometry;
  const words = gpu.allocate(each * samples * threads * groups * 4);
  read(gpu, measured, "statistic_gather", geometry, { role: "words" }, words);
  const alone = sumsAlone(gpu, threads);
  const pipeline = gpu.pipeline({
    key: `statistic_merge|${name}|${alone}`,
    label: `statistic_merge: ${name}`,
    access: "urw",
    source: async () => {
      await kernels();
      return linkShader("pass::statistic_merge", {
        conditions: { alone },
        standIns: { "generated::statistic": `statistic::${name}` },
      });
    },
  });
  gpu.dispatch({
    pipeline,
    bindings: [gpu.uniform([samples, groups, threads, channels, place.first, h * w, w]), words, statistics.storage],
    groups: alone ? groupsFor(samples * groups) : groupsFor(samples * groups * 64),
    bytes: each * samples * threads * groups * 4,
  });
  words.release();
}

/** A histogram of each channel, and the table that the module makes of it. */
function count(gpu: Gpu, measured: Measured, { bins }: Histogram): void {
  const { pass, point, place, statistics } = measured;
  const [samples, channels] = pass.input;
  const planes = samples * channels;
  const counts = gpu.allocate(planes * bins * 4);
  gpu.clear(counts);
  read(gpu, measured, "statistic_count", geometryOf(gpu, pass, seenOf(pass)), { role: "counts", bins }, counts);
  const { bound } = pointsOf(pass)[point];
  const pipeline = gpu.pipeline({
    key: `statistic_table|${pass.key}|${point}`,
    label: label(pass, "statistic_table"),
    access: "urw",
    source: async () => {
      await kernels();
      return linkShader("pass::statistic_table", {
        modules: {
          ...userModules(pass),
          "generated::entry": `import package::${modulePath(bound)} as t;
import package::lib::statistic::Tally;
const BINS: u32 = ${bins}u;
fn entry(i: u32, tally: Tally) -> f32 { return t::entry(i, tally); }
`,
        },
      });
    },
  });
  gpu.dispatch({
    pipeline,
    bindings: [gpu.uniform([planes, place.first * samples]), counts, statistics.storage],
    groups: groupsFor(planes),
    bytes: 3 * planes * bins * 4,
  });
  counts.release();
}

/** A backward pass as it stands when all but the gradients of its statistics has been pulled back. */
interface PulledPass extends Pick<Pull, "x" | "block" | "wanted"> {
  pass: Pass;
  sight: Sight;
  /** Whether the sight's own parameters learn. */
  learns: boolean;
  pulled: Pulled;
  /** Points whose statistics have gradients that reach something. */
  reaching: readonly number[];
  statistics: Tensor;
  /** What threads left of these gradients. */
  sums: Storage;
}

/** Adds what the gradients of the statistics give, last one first: a later one adds to what reaches an earlier one. */
function pullStatistics(gpu: Gpu, of: PulledPass): void {
  const { pass, pulled, reaching, sums } = of;
  const { geometry, length } = pulled;
  const rows = placesIn(pass).gradients * geometry.samples;
  const gradients = gpu.allocate(rows * 4);
  for (const point of [...reaching].reverse()) {
    sumRows(gpu, sums, rows, length, 1, { total: gradients, first: 0 });
    pullStatistic(gpu, of, point, gradients);
  }
  gradients.release();
}

/** Adds what the gradient of one of them gives. */
function pullStatistic(gpu: Gpu, of: PulledPass, point: number, gradients: Storage): void {
  const { pass, sight, learns, x, block, wanted, statistics, sums } = of;
  const { seen, partial, geometry } = of.pulled;
  const { reads = [] } = sight;
  const ragged = !quadAligned(pass.output);
  dispatchKernel(gpu, {
    root: "point_measure_backward",
    label: label(pass, "point_measure_backward"),
    key: `${pass.key}${sight.key ?? ""}|${wanted.map((slot) => slot.offset).join()}|${seen ? "x" : ""}${learns ? "l" : ""}|${point}`,
    io: () =>
      ioOf(pass, [
        { role: "params" },
        { role: "statistics" },
        { role: "statistic_gradients" },
        ...reads.map(({ io }) => io),
        imageOf(pass, sight),
        { role: "partial" },
        { role: "statistic_sums" },
        ...(seen ? [{ role: "y", dtype: "f32", adds: true } as const] : []),
      ]),
    conditions: {
      ...sight.conditions,
      own_place: !sight.module,
      sight_learns: learns,
      some: isChosen(pass, point),
      image_gradient: seen !== null,
      rolled: rolls(pointsOf(pass).length, wanted.length),
    },
    standIns: standInsOf(sight),
    modules: () => ({
      ...userModules(pass),
      ...sight.modules(learns, wanted, true),
      "generated::chain": chainOf(
        specOf(pass, sight, { wanted, sumsStatistics: true, ragged, statistic: { kind: "pull", point } }),
      ),
    }),
    shape: [...geometry.shape, ...frameWords(pass)],
    buffers: [
      block.storage,
      statistics.storage,
      gradients,
      ...reads.map(({ storage }) => storage),
      x.storage,
      partial,
      sums,
      ...(seen ? [seen] : []),
    ],
    threads: geometry.total,
    bytes: x.byteLength + (seen ? 8 * sizeOf(seenOf(pass)) : 0),
  });
}

/** What writes them, which is loaded with the first chain that has one. */
const written = () => withShaders(import("../pixels/statistic-wgsl.ts"));

/** What points do with statistics. */
export const statistic = { measureAll, pullStatistics, written };
