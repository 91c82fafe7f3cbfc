/** Maps: a row of them is one matrix, and so one resample; the points that follow run on what it sees. */
import { type Gpu, type Storage, withShaders } from "../../gpu/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { type Slot, sizeOf } from "../pack/layout.ts";
import { isAffine, type Pass, perPass } from "../pass.ts";
import { dispatchKernel } from "../pixels/kernel.ts";
import { frameWords, ioOf, type Sight, totalsOf } from "../pixels/see.ts";
import { geometryOf, label, userModules } from "../pixels/work.ts";
import { gradientsIn, type Kind } from "./kind.ts";
import type { MapsSpec } from "./map-wgsl.ts";
import { measuredBackward, measuredCost, measuredForward } from "./measured.ts";
import { lookConditions, lookOf, takeRow } from "./row.ts";

/** What `map-wgsl.ts` writes, which is loaded with the first row. */
export const mapsModule = async (spec: MapsSpec) => (await withShaders(import("./map-wgsl.ts"))).mapsModule(spec);
/** {@link mapsModule} for the kernels of the way back. */
export const backMapsModule = async (spec: MapsSpec) => {
  await withShaders(import("./map-shaders.ts"));
  return mapsModule(spec);
};
export const fillModule = async (...of: Parameters<typeof import("./map-wgsl.ts").fillModule>) =>
  (await withShaders(import("./map-wgsl.ts"))).fillModule(...of);

const conditionsOf = perPass((pass: Pass) => ({ ...lookConditions(pass), affine: isAffine(pass) }));

const mapsSpec = (pass: Pass, uses: MapsSpec["uses"], more: Partial<MapsSpec> = {}): MapsSpec => ({
  maps: pass.links.slice(0, pass.heads),
  layout: pass.layout,
  channels: pass.input[1],
  uses,
  ...more,
});

/** How a row sees: the source, through the inverse of its matrix; nine sums are the gradient of that. */
const sightOf = perPass(
  (pass: Pass): Sight => ({
    name: "map",
    module: "map",
    modules: (backward, wanted, adds) => ({
      "generated::maps": mapsModule(
        mapsSpec(pass, backward ? "backward" : "source", { firstRow: sizeOf(wanted), adds }),
      ),
      "generated::fill": fillModule(pass.fill, backward, wanted),
    }),
    conditions: conditionsOf(pass),
    sums: 9,
  }),
);

interface MapGradients {
  image: Storage | null;
  /** Sums of the points' parameters and of the fill, `[rows][samples]`. */
  totals: Storage | null;
  /** Gradients of the maps' own parameters, `[rows][samples]`. */
  maps: Storage | null;
}

function backwardMaps(
  gpu: Gpu,
  pass: Pass,
  x: Tensor,
  block: Tensor,
  statistics: Tensor | null,
  gradient: Tensor,
  needsImage: boolean,
  wanted: readonly Slot[],
): MapGradients {
  const ofMaps = wanted.filter((slot) => slot.transform < pass.heads && slot.role !== "fill");
  const others = wanted.filter((slot) => slot.transform >= pass.heads || slot.role === "fill");
  const hasPoints = pass.links.length > pass.heads;
  const inner =
    ofMaps.length > 0 || others.length > 0 || hasPoints
      ? pullResample(gpu, pass, x, block, statistics, gradient, needsImage, ofMaps, others)
      : null;
  const image = needsImage ? gatherImage(gpu, pass, block, inner?.resample ?? gradient.storage) : null;
  inner?.resample?.release();
  return { image, totals: inner?.totals ?? null, maps: inner?.maps ?? null };
}

/** Pulls the gradient back to the resample: sums for the points, the fill and the matrix, and its value per pixel. */
function pullResample(
  gpu: Gpu,
  pass: Pass,
  x: Tensor,
  block: Tensor,
  statistics: Tensor | null,
  gradient: Tensor,
  needsImage: boolean,
  ofMaps: readonly Slot[],
  others: readonly Slot[],
): { resample: Storage | null; totals: Storage; maps: Storage | null } {
  const needsSeen = needsImage && pass.links.length > pass.heads;
  const asked = { x, block, gradient, needsSeen, wanted: others };
  const learns = ofMaps.length > 0 || others.some(({ role }) => role === "fill");
  const pulled = measuredBackward(gpu, pass, sightOf(pass), asked, statistics, learns);
  const totals = totalsOf(gpu, pass, pulled)!;
  const maps = ofMaps.length ? pullMatrix(gpu, pass, block, totals, pulled.rows - 9, ofMaps) : null;
  return { resample: pulled.seen, totals, maps };
}

/** From the gradient of the matrix to those of the maps' parameters. */
export function pullMatrix(
  gpu: Gpu,
  pass: Pass,
  block: Tensor,
  totals: Storage,
  firstRow: number,
  ofMaps: readonly Slot[],
): Storage {
  const [n] = pass.output;
  const rows = sizeOf(ofMaps);
  const gradients = gpu.allocate(rows * n * 4);
  const geometry = geometryOf(gpu, pass, pass.output);
  dispatchKernel(gpu, {
    root: "map_parameters",
    label: label(pass, "map_parameters"),
    key: `${pass.key}|${firstRow}|${ofMaps.map((slot) => slot.offset).join()}`,
    io: () => ioOf(pass, [{ role: "params" }, { role: "totals" }, { role: "gradients" }], pass.output),
    modules: () => ({
      ...userModules(pass),
      "generated::maps": backMapsModule(mapsSpec(pass, "pull", { firstRow, wanted: ofMaps })),
    }),
    shape: [...geometry.shape, ...frameWords(pass)],
    buffers: [block.storage, totals, gradients],
    threads: n,
  });
  return gradients;
}

/** The gradient of the input, gathered through the inverse. */
function gatherImage(gpu: Gpu, pass: Pass, block: Tensor, gradient: Storage): Storage {
  const [n, c, h, w] = pass.input;
  const isWhole = w % 4 === 0;
  const blocks = Math.ceil(w / 4) * Math.ceil(h / 2);
  const geometry = geometryOf(gpu, pass, pass.input, { parts: blocks });
  const image = gpu.allocate(n * c * h * w * 4);
  dispatchKernel(gpu, {
    root: "map_gather",
    label: label(pass, "map_gather"),
    key: `${pass.key}|${isWhole}`,
    io: () =>
      ioOf(
        pass,
        [
          { role: "params" },
          { role: "g", dtype: "f32", access: "fetch", plane: "out" },
          { role: "y", dtype: "f32", rows: !isWhole },
        ],
        pass.input,
      ),
    conditions: { ...conditionsOf(pass), whole_quads: isWhole },
    modules: () => ({ ...userModules(pass), "generated::maps": backMapsModule(mapsSpec(pass, "source")) }),
    shape: [...geometry.shape, ...frameWords(pass)],
    buffers: [block.storage, gradient, image],
    threads: geometry.total,
    bytes: n * c * (h * w + pass.output[2] * pass.output[3]) * 4,
  });
  return image;
}

/** One matrix per sample says where a pixel goes. */
export const map: Kind = {
  motion: "matrix",
  functions: () => [
    ["matrix", ["Params", "Frame"], "mat3x3f"],
    ["backward", ["Params", "Frame", "mat3x3f", "ptr<function,Params>"], ""],
  ],
  hasParams: true,
  take: takeRow,
  // A horizon shows nothing, and so do zeros and a fill.
  joins: true,
  averages: ({ transform }) =>
    transform.declaration.affine === true && !["zeros", "fill"].includes(lookOf(transform)?.padding ?? ""),
  readsF32: false,
  savesInput: true,
  // Nine sums for the matrix.
  cost: (pass) => measuredCost(pass, { dispatches: { forward: 1, backward: 2 }, sums: 9, buffers: 5 }),
  forward: (gpu, pass, x, block, into) => ({
    ...measuredForward(gpu, pass, sightOf(pass), x, block, into),
    pull: (gradient, [sx, sb, statistics = null], needsImage, wanted) => {
      const { image, totals, maps } = backwardMaps(gpu, pass, sx, sb, statistics, gradient, needsImage, wanted);
      const isMatrix = (slot: Slot) => slot.transform < pass.heads && slot.role !== "fill";
      const others = wanted.filter((slot) => !isMatrix(slot));
      return gradientsIn(image, [wanted.filter(isMatrix), maps], [others, totals]);
    },
  }),
};
