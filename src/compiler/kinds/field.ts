/** Fields: a place per output pixel, by a formula or by a tensor; maps before it fold into it, points that follow run on what it sees. */
import { reduce } from "../../autograd/folds.ts";
import { type Gpu, type Storage, withShaders } from "../../gpu/index.ts";
import { Tensor } from "../../tensor/index.ts";
import { gateOf, type Slot, sizeOf } from "../pack/layout.ts";
import { type Pass, quadAligned } from "../pass.ts";
import type { IoBuffer } from "../pixels/io.ts";
import { frameWords, ioOf, type Sight, seeBackward, seeForward, totalsOf } from "../pixels/see.ts";
import { userModules } from "../pixels/work.ts";
import { rollsField } from "../tuning.ts";
import { fieldMaking, fieldTensor } from "./field-tensor.ts";
import type { FieldSpec } from "./field-wgsl.ts";
import { gatherImage } from "./gather.ts";
import { gradientsIn, type Kind } from "./kind.ts";
import { fillModule, mapsModule, pullMatrix } from "./map.ts";
import { lookConditions, takeRow } from "./row.ts";
import { type ScatterCall, scatterImage } from "./scatter.ts";

const fieldModule = async (spec: FieldSpec) => (await withShaders(import("./field-wgsl.ts"))).fieldModule(spec);

/** How many maps come before the field. */
const mapsOf = (pass: Pass): number => pass.heads - 1;

const conditionsOf = (pass: Pass): Record<string, boolean> => ({
  ...lookConditions(pass),
  affine: pass.links.slice(0, mapsOf(pass)).every(({ transform }) => transform.declaration.affine),
});

/** The tensor that says where to look, `[N, 2, H', W']`. */
export const TENSOR: IoBuffer = {
  role: "own",
  access: "r",
  code: (i) => `@group(0) @binding(${i}) var<storage, read> field: array<f32>;
fn field_of(n: u32) -> u32 { return n * 2u * shape.pixels; }
fn field_at(first: u32, at: Pixel) -> vec2f {
  let i = first + u32(at.y) * shape.out_width + u32(at.x);
  return vec2f(field[i], field[i + shape.pixels]);
}`,
  imports: ["import package::lib::pixel::Pixel;"],
};

/** Its gradient, one for each group of channels. */
const TENSOR_GRADIENT: IoBuffer = {
  role: "own",
  access: "w",
  code: (i) => `@group(0) @binding(${i}) var<storage, read_write> field_gradient: array<f32>;
fn field_to(n: u32, lane: u32) -> u32 { return (lane / 3u * shape.samples + n) * 2u * shape.pixels; }
fn store_field(first: u32, at: Pixel, g: vec2f) {
  let i = first + u32(at.y) * shape.out_width + u32(at.x);
  field_gradient[i] = g.x;
  field_gradient[i + shape.pixels] = g.y;
}`,
  imports: ["import package::lib::pixel::Pixel;"],
};

/** The modules that say what is seen where. */
function modulesOf(pass: Pass, spec: Pick<FieldSpec, "uses"> & Partial<FieldSpec>) {
  const common = { layout: pass.layout, channels: pass.input[1] };
  const maps = pass.links.slice(0, mapsOf(pass));
  const heads = pass.links.slice(0, pass.heads);
  return {
    "generated::see": fieldModule({ ...common, heads, whole: quadAligned(pass.output), ...spec }),
    ...(maps.length ? { "generated::maps": mapsModule({ ...common, maps, uses: "source" }) } : {}),
  };
}

const readsOf = (field: Tensor | undefined) => (field ? [{ io: TENSOR, storage: field.storage }] : []);

/** How a field sees, forward. */
const sightOf = (pass: Pass, field: Tensor | undefined): Sight => ({
  name: "field",
  module: "generated",
  modules: () => ({ ...modulesOf(pass, { uses: "forward" }), "generated::fill": fillModule(pass.fill, false) }),
  conditions: conditionsOf(pass),
  sums: 0,
  reads: readsOf(field),
});

/** What backward is asked for. */
interface Wanted {
  image: boolean;
  field: boolean;
  slots: readonly Slot[];
}

interface Pulled {
  image: Storage | null;
  field: Storage | null;
  /** Sums of the points' parameters, the fill and the field's own parameters, `[rows][samples]`. */
  totals: Storage | null;
  /** Gradients of the maps' parameters. */
  maps: Storage | null;
}

/** Slots in the order of their sums: those of the points and the fill, those of the field; the maps' have none of their own. */
function sortSlots(pass: Pass, slots: readonly Slot[]) {
  const isHead = (slot: Slot) => slot.transform < pass.heads && slot.role !== "fill";
  return {
    own: slots.filter((slot) => isHead(slot) && slot.transform === mapsOf(pass)),
    maps: slots.filter((slot) => isHead(slot) && slot.transform < mapsOf(pass)),
    others: slots.filter((slot) => !isHead(slot)),
  };
}

function backwardField(
  gpu: Gpu,
  pass: Pass,
  x: Tensor,
  block: Tensor,
  field: Tensor | undefined,
  gradient: Tensor,
  wanted: Wanted,
): Pulled {
  const hasPoints = pass.links.length > pass.heads;
  const pulls = wanted.slots.length > 0 || wanted.field || hasPoints;
  const inner = pulls ? pullField(gpu, pass, x, block, field, gradient, wanted) : null;
  const image = wanted.image ? scatterField(gpu, pass, block, field, inner?.seen ?? gradient.storage) : null;
  inner?.seen?.release();
  return { image, field: inner?.field ?? null, totals: inner?.totals ?? null, maps: inner?.maps ?? null };
}

/** Pulls the gradient back to what was seen, and to the places. */
function pullField(
  gpu: Gpu,
  pass: Pass,
  x: Tensor,
  block: Tensor,
  field: Tensor | undefined,
  gradient: Tensor,
  wanted: Wanted,
) {
  const [n, , h, w] = pass.output;
  const { own, maps, others } = sortSlots(pass, wanted.slots);
  const matrix = maps.length > 0;
  const groups = Math.ceil(pass.input[1] / 3);
  const ofField = field && wanted.field ? gpu.allocate(groups * n * 2 * h * w * 4) : null;
  const spec = { uses: "backward", wanted: own, firstRow: sizeOf(others), matrix, tensor: ofField !== null } as const;
  const sight: Sight = {
    ...sightOf(pass, field),
    modules: () => ({ ...modulesOf(pass, spec), "generated::fill": fillModule(pass.fill, true, others) }),
    sums: sizeOf(own) + (matrix ? 9 : 0),
    isRolled: rollsField(sizeOf(own)),
    key: `|${own.map((slot) => slot.offset).join()}|${matrix}`,
  };
  const pulled = seeBackward(gpu, pass, sight, {
    x,
    block,
    gradient,
    needsSeen: wanted.image && pass.links.length > pass.heads,
    wanted: others,
    writes: () => (ofField ? [{ io: TENSOR_GRADIENT, storage: ofField }] : []),
  });
  const totals = totalsOf(gpu, pass, pulled);
  const firstOfMatrix = pulled.rows - 9;
  return {
    seen: pulled.seen,
    totals,
    field: ofField && sumGroups(gpu, ofField, groups, [n, 2, h, w]),
    maps:
      totals && matrix ? pullMatrix(gpu, { ...pass, heads: mapsOf(pass) }, block, totals, firstOfMatrix, maps) : null,
  };
}

/** The gradients that groups of channels have for one tensor, added up. */
function sumGroups(gpu: Gpu, parts: Storage, groups: number, shape: readonly number[]): Storage {
  if (groups === 1) return parts;
  const all = new Tensor(gpu, [groups, ...shape], "f32", parts);
  gpu.untrack(all);
  const sum = reduce("sum", all, [0], shape, 1);
  gpu.untrack(sum);
  all.dispose();
  return sum.storage;
}

/** Whether places are expected near, so that the image's gradient is gathered: pixels keep their places, and no map moves them. */
const isNear = ({ links, heads, input, output }: Pass): boolean =>
  heads === 1 && links[0].near === true && input[2] === output[2] && input[3] === output[3];

function scatterField(gpu: Gpu, pass: Pass, block: Tensor, field: Tensor | undefined, gradient: Storage): Storage {
  const coin = gateOf(pass.layout, mapsOf(pass));
  const call = {
    key: pass.key,
    io: ioOf(pass, [{ role: "params" }, ...(field ? [TENSOR] : [])]),
    conditions: conditionsOf(pass),
    modules: () => ({ ...userModules(pass), ...modulesOf(pass, { uses: "scatter" }) }),
    shape: frameWords(pass),
    buffers: [block.storage, ...(field ? [field.storage] : [])],
    // Behind maps, what the field leaves alone is still moved by them.
    coin: coin && mapsOf(pass) === 0 ? { block: block.storage, slot: coin.offset } : undefined,
  } satisfies ScatterCall;
  if (isNear(pass)) return gatherImage(gpu, pass, gradient, call);
  return scatterImage(gpu, pass, gradient, call);
}

const ARGUMENTS = ["Pixel", "Params", "Frame"];

/** A place per output pixel. */
export const field: Kind = {
  motion: "place",
  functions: ({ field: source }) => {
    const value = source ? ["vec2f"] : [];
    return [
      ["place", [...ARGUMENTS, ...value], "vec2f"],
      ["backward", [...ARGUMENTS, ...value, "vec2f", "ptr<function,Params>"], source ? "vec2f" : ""],
    ];
  },
  hasParams: true,
  settle: (transform, _, source) =>
    source && transform.declaration.field?.sizes
      ? { ...transform, options: { ...transform.options, height: source.size[0], width: source.size[1] } }
      : transform,
  take: takeRow,
  // Zeros and a fill are no part of the image; a result that is larger would make points dearer.
  joins: true,
  averages: ({ transform }, input, output) =>
    !["zeros", "fill"].includes(String(transform.options.padding)) && output[2] * output[3] <= input[2] * input[3],
  readsF32: false,
  savesInput: true,
  through: fieldTensor,
  making: fieldMaking,
  cost: (pass) => ({
    // Backward: to the places, the largest gradient, the sums, and what they are as floats; how far places lie, and what is near.
    dispatches: { forward: 1, backward: isNear(pass) ? 6 : 4 },
    image: isNear(pass) ? "gathered by samples that look near, scattered by others" : "scattered",
    sums: mapsOf(pass) > 0 ? 9 : 0,
    table: pass.links[mapsOf(pass)].transform.declaration.field
      ? 2 * Math.ceil(pass.input[1] / 3) * pass.output[2] * pass.output[3]
      : 0,
    buffers: 7,
  }),
  forward: (gpu, pass, x, block, into, { field: source } = {}) => ({
    y: seeForward(gpu, pass, sightOf(pass, source), x, block, into),
    saved: source ? [block, source] : [block],
    pull: (gradient, [sx, sb, sf], needsImage, wanted, needsField) => {
      const asked = { image: needsImage, field: needsField, slots: wanted };
      const { image, field: ofField, totals, maps } = backwardField(gpu, pass, sx, sb, sf, gradient, asked);
      const sorted = sortSlots(pass, wanted);
      const others = [...sorted.others, ...sorted.own];
      return { ...gradientsIn(image, [sorted.maps, maps], [others, totals]), field: ofField };
    },
  }),
};
