/** Stencils: what an output pixel sees in its neighbourhood, and the points that follow on it. */
import { type Gpu, type Storage, withShaders } from "../../gpu/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Declaration, Transform } from "../../transforms/index.ts";
import { cellsOf, isNear, neighbourhoodKey, neighbourhoodOf } from "../neighbourhood.ts";
import { sized } from "../outcome.ts";
import { type Slot, sizeOf } from "../pack/layout.ts";
import type { BoundValue, Pass } from "../pass.ts";
import { takePoints } from "../pixels/epilogue.ts";
import { dispatchKernel, sumRows } from "../pixels/kernel.ts";
import { ioOf, type Sight, seeBackward, seeForward, totalsOf } from "../pixels/see.ts";
import { geometryOf, label, userModules } from "../pixels/work.ts";
import { type Chain, type Gradients, type Kind, rowsOf, type Signature, type Taken } from "./kind.ts";
import {
  formOf,
  gathersFours,
  MIRRORS,
  perNeighbour,
  type StencilSpec,
  seesFours,
  specOf,
  storedFloats,
  takesBack,
} from "./stencil-module.ts";
import { isWeighted, pullWeights, TABLE, tableOf } from "./stencil-weights.ts";

/** What writes the code, loaded with the first kernel that needs it. */
const written = () => withShaders(import("./stencil-wgsl.ts"));

/** What padding does, for kernels that know it by conditions. */
function conditionsOf(pass: Pass): Record<string, boolean> {
  return {
    ...Object.fromEntries(MIRRORS.map((name) => [`pad_${name}`, name === pass.padding])),
    pad_zeros: !MIRRORS.includes(pass.padding),
    mirrors: MIRRORS.includes(pass.padding),
    near: isNear(neighbourhoodOf(pass.links[0].transform), pass.input[2], pass.input[3]),
  };
}

/** What the code of the kernels depends on besides. */
const keyOf = (pass: Pass): string => `${pass.key}|${conditionsOf(pass).near}${seesFours(pass) ? "|fours" : ""}`;

/** How a stencil sees: its neighbours. */
const sightOf = (pass: Pass, table: Storage | null, more: Partial<StencilSpec> = {}): Sight => ({
  name: "stencil",
  module: "generated",
  modules: (backward, wanted) => ({
    "generated::see": written().then(({ backwardModule, forwardModule }) => {
      const firstRow = sizeOf(wanted);
      return backward ? backwardModule(specOf(pass, more), firstRow) : forwardModule(specOf(pass));
    }),
  }),
  conditions: conditionsOf(pass),
  sums: sizeOf(more.wanted ?? []),
  reads: table ? [{ io: TABLE, storage: table }] : [],
  key: `|${keyOf(pass)}|${(more.wanted ?? []).map((slot) => slot.offset).join()}`,
  byFours: seesFours(pass),
  isRolled: true,
  knowsLast: true,
});

function forwardStencil(gpu: Gpu, pass: Pass, x: Tensor, block: Tensor, into?: Storage): Storage {
  const table = tableOf(gpu, pass, block);
  const y = seeForward(gpu, pass, sightOf(pass, table), x, block, into);
  table?.release();
  return y;
}

/** The slots of which the way back makes sums, by where: with the output pixels, for each neighbour, or over the weights. */
interface Wanted {
  points: readonly Slot[];
  head: readonly Slot[];
  perKernel: readonly Slot[];
  weights: readonly Slot[];
}

function sortSlots(pass: Pass, wanted: readonly Slot[]): Wanted {
  const own = wanted.filter(({ transform }) => transform === 0);
  const points = wanted.filter(({ transform }) => transform > 0);
  if (isWeighted(pass)) return { points, head: [], perKernel: [], weights: own };
  return {
    points,
    head: own.filter(({ perKernel }) => !perKernel),
    perKernel: own.filter(({ perKernel }) => perKernel),
    weights: [],
  };
}

function backwardStencil(
  gpu: Gpu,
  pass: Pass,
  [x, block]: readonly Tensor[],
  gradient: Tensor,
  needsImage: boolean,
  wanted: readonly Slot[],
): Gradients {
  const slots = sortSlots(pass, wanted);
  const table = tableOf(gpu, pass, block);
  const needsBack = needsImage || slots.perKernel.length > 0 || slots.weights.length > 0;
  // A weighted sum gives back what came: nothing has to be computed again where no points follow.
  const isPlain = isWeighted(pass) && pass.links.length === 1;
  const pulled = isPlain ? null : pullOutput(gpu, pass, x, block, table, gradient, needsBack, slots);
  const back = isPlain ? gradient.storage : pulled?.back;
  const slopes =
    back && slots.perKernel.length + slots.weights.length > 0 ? sumSlopes(gpu, pass, x, block, table, back) : null;
  const params = slopes && slots.weights.length > 0 ? pullWeights(gpu, pass, block, slopes, slots.weights) : null;
  const image = needsImage && back ? gatherImage(gpu, pass, x, block, table, back) : null;
  pulled?.back?.release();
  table?.release();
  const summed = rowsOf([...slots.points, ...slots.head], pulled?.totals ?? null);
  const ofWeights = rowsOf(slots.weights, params);
  return {
    image,
    of: (slot) => {
      if (slots.weights.includes(slot)) return ofWeights(slot);
      return slots.perKernel.includes(slot) ? { storage: slopes!, row: 0 } : summed(slot);
    },
    release: () => {
      for (const storage of [pulled?.totals, slopes, params]) storage?.release();
    },
  };
}

/** Over the output: pulls the gradient through the points, and stores what the pixels of the image need to gather theirs. */
function pullOutput(
  gpu: Gpu,
  pass: Pass,
  x: Tensor,
  block: Tensor,
  table: Storage | null,
  gradient: Tensor,
  needsBack: boolean,
  { points, head }: Wanted,
): { back: Storage | null; totals: Storage | null } {
  const [n, , h, w] = pass.output;
  const back = needsBack ? gpu.allocate(n * storedFloats(pass.links[0], pass.input[1]) * h * w * 4) : null;
  const pulled = seeBackward(gpu, pass, sightOf(pass, table, { wanted: head, image: needsBack }), {
    x,
    block,
    gradient,
    needsSeen: false,
    wanted: points,
    writes: () => (back ? [{ io: { role: "floats", name: "back", writes: true }, storage: back }] : []),
  });
  return { back, totals: totalsOf(gpu, pass, pulled) };
}

/** The gradients of what each neighbour has a value of, [cells][N]. */
function sumSlopes(gpu: Gpu, pass: Pass, x: Tensor, block: Tensor, table: Storage | null, back: Storage): Storage {
  const spec = specOf(pass);
  const [n] = pass.output;
  const rows = cellsOf(spec.near);
  const geometry = geometryOf(gpu, pass, pass.output, { sums: rows });
  const length = geometry.threads * geometry.groups;
  const partial = gpu.allocate(rows * n * length * 4);
  dispatchKernel(gpu, {
    root: "stencil_slope",
    label: label(pass, "stencil_slope"),
    key: keyOf(pass),
    io: ioOf(
      pass,
      [
        { role: "params" },
        ...(table ? [TABLE] : []),
        { role: "x", dtype: pass.inputType, access: "fetch", plane: "in" },
        { role: "floats", name: "back" },
        { role: "partial" },
      ],
      pass.output,
    ),
    conditions: conditionsOf(pass),
    modules: () => ({
      ...userModules(pass),
      "generated::stencil": written().then(({ slopeModule }) => slopeModule(spec)),
    }),
    shape: geometry.shape,
    buffers: [block.storage, ...(table ? [table] : []), x.storage, back, partial],
    threads: geometry.total,
    bytes: rows * (x.byteLength + back.size),
  });
  const totals = sumRows(gpu, partial, rows * n, length);
  partial.release();
  return totals;
}

function gatherImage(gpu: Gpu, pass: Pass, x: Tensor, block: Tensor, table: Storage | null, back: Storage): Storage {
  const [n, c, h, w] = pass.input;
  const geometry = geometryOf(gpu, pass, pass.input);
  const image = gpu.allocate(n * c * h * w * 4);
  const fours = gathersFours(pass);
  dispatchKernel(gpu, {
    root: "stencil_gather",
    label: label(pass, "stencil_gather"),
    key: `${keyOf(pass)}${fours ? "|gathers fours" : ""}`,
    io: ioOf(
      pass,
      [
        { role: "params" },
        ...(table ? [TABLE] : []),
        { role: "x", dtype: pass.inputType, access: "fetch", plane: "in" },
        { role: "floats", name: "back" },
        { role: "y", dtype: "f32" },
      ],
      pass.input,
    ),
    conditions: { ...conditionsOf(pass), fours },
    modules: () => ({
      ...userModules(pass),
      "generated::stencil": written().then(({ gatherModule }) => gatherModule(specOf(pass, { fours }))),
    }),
    shape: geometry.shape,
    buffers: [block.storage, ...(table ? [table] : []), x.storage, back, image],
    threads: geometry.total,
    bytes: x.byteLength + back.size + image.size,
  });
  return image;
}

const POINTER = (type: string) => `ptr<function,${type}>`;

/** The functions of a module: of one that folds, of one that gives weights, and of one whose value the compiler selects. */
function functionsOf(declaration: Declaration): readonly Signature[] {
  const form = formOf(declaration);
  const gp = POINTER("Params");
  if (form === "weights") {
    return [
      ["weight", ["Neighbour", "Params"], "f32"],
      ["weight_backward", ["Neighbour", "Params", "f32", gp], ""],
    ];
  }
  const center = declaration.center ? ["vec3f"] : [];
  const pulled = declaration.center ? [POINTER("vec3f")] : [];
  const folds: Signature[] = [
    ["take", [POINTER("Sum"), "vec3f", ...center, "Neighbour", "Params"], ""],
    ["result", ["Sum", ...center, "Params"], "vec3f"],
  ];
  return [
    ...(form === "fold" ? folds : []),
    ["back", ["Sum", ...center, "vec3f", "Params", gp, ...pulled], "Back"],
    ...(takesBack(declaration)
      ? [["back_take", ["Back", "vec3f", ...center, "Neighbour", "Params", gp, ...pulled], ""] as const]
      : []),
    ["gather", ["Back", "vec3f", ...center, "Neighbour", "Params"], "vec3f"],
  ];
}

function takeStencil({ links, at, input }: Chain): Taken {
  const head = links[at];
  const output = sized(head, input);
  const points = takePoints(links, at + 1, output, { measures: "none" });
  return {
    count: 1 + points.count,
    ended: points.ended,
    pass: {
      kind: "stencil",
      heads: 1,
      output: points.output,
      padding: String(head.transform.options.padding),
      tile: neighbourhoodKey(neighbourhoodOf(head.transform)),
    },
  };
}

/** Values of neighbours that are 0 for all take no room, and are not read. */
function settle(transform: Transform, values: Readonly<Record<string, BoundValue>>): Transform {
  const name = perNeighbour(transform.declaration);
  const value = name === undefined ? undefined : values[name];
  if (!value || !("numbers" in value) || value.numbers.length !== 1 || value.numbers[0] !== 0) return transform;
  return { ...transform, options: { ...transform.options, absent: name } };
}

export const stencil: Kind = {
  motion: "strides",
  functions: functionsOf,
  hasParams: true,
  settle,
  take: takeStencil,
  readsF32: false,
  savesInput: true,
  cost: (pass) => {
    const [, , h, w] = pass.output;
    const cells = cellsOf(neighbourhoodOf(pass.links[0].transform));
    return {
      dispatches: { forward: 1, backward: 2 },
      table: Math.max(cells, storedFloats(pass.links[0], pass.input[1]) * h * w),
      buffers: 6,
    };
  },
  forward: (gpu, pass, x, block, into) => ({
    y: forwardStencil(gpu, pass, x, block, into),
    saved: [block],
    pull: (gradient, saved, needsImage, wanted) => backwardStencil(gpu, pass, saved, gradient, needsImage, wanted),
  }),
};
