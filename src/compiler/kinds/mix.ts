/** Mixes: an output pixel sees pixels of its own sample and of others; the points that follow run on what it sees. */
import mixTableWgsl from "../../../shaders/pass/mix_table.wgsl";
import { type Gpu, linkShader, ShapeError, type Storage, withShaders } from "../../gpu/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { sized } from "../outcome.ts";
import { type Slot, sizeOf } from "../pack/layout.ts";
import type { Pass } from "../pass.ts";
import { takePoints } from "../pixels/epilogue.ts";
import { dispatchKernel } from "../pixels/kernel.ts";
import { ioOf, type Sight, seeBackward, seeForward, totalsOf } from "../pixels/see.ts";
import { geometryOf, label, userModules } from "../pixels/work.ts";
import { gradientsOf, type Kind } from "./kind.ts";
import { coinOf, partnersOf } from "./mix-slots.ts";
import type { MixSpec } from "./mix-wgsl.ts";

const seeModule = async (spec: MixSpec) => (await withShaders(import("./mix-wgsl.ts"))).seeModule(spec);
const seenModule = async (spec: MixSpec) => (await withShaders(import("./mix-wgsl.ts"))).seenModule(spec);

const specOf = (pass: Pass) => ({ mix: pass.links[0], layout: pass.layout, channels: pass.input[1] });

/** How a mix sees: the taps that its module names; `own` are the slots of its parameters whose gradients are wanted. */
const sightOf = (pass: Pass, own: readonly Slot[] = []): Sight => ({
  name: "mix",
  module: "generated",
  modules: (backward, others) => ({
    "generated::see": seeModule({ ...specOf(pass), ...(backward ? { wanted: own, firstRow: sizeOf(others) } : {}) }),
  }),
  conditions: {},
  sums: sizeOf(own),
  key: `|${own.map((slot) => slot.offset).join()}`,
});

/** Threads that go through all partners, each for its own stretch of the samples. */
const READERS = 64;

/** Who sees which sample: the numbers of a batch's outputs by the sample that they see, in order. */
function tableOf(gpu: Gpu, pass: Pass, block: Tensor): Storage {
  const [n] = pass.input;
  const partners = partnersOf(pass.layout);
  const coin = coinOf(pass.layout);
  const sources = partners.size + 1;
  const each = Math.ceil(n / READERS);
  const table = gpu.allocate((n + n * partners.size) * 4);
  const pipeline = gpu.pipeline({
    key: "mix_table",
    label: "mix_table",
    access: "urw",
    source: () => linkShader(mixTableWgsl),
  });
  const words = gpu.uniform([n, sources, partners.offset, coin?.offset ?? 0, Number(coin !== undefined), each]);
  gpu.dispatch({ pipeline, bindings: [words, block.storage, table], groups: [1, 1] });
  return table;
}

/** The gradient of the image: own place and partners, in order. */
function gatherImage(gpu: Gpu, pass: Pass, block: Tensor, gradient: Storage): Storage {
  const [n, c, h, w] = pass.input;
  const geometry = geometryOf(gpu, pass, pass.input);
  const table = tableOf(gpu, pass, block);
  const image = gpu.allocate(n * c * h * w * 4);
  dispatchKernel(gpu, {
    root: "mix_gather",
    label: label(pass, "mix_gather"),
    key: pass.key,
    io: ioOf(
      pass,
      [
        { role: "params" },
        { role: "table" },
        { role: "g", dtype: "f32", access: "fetch", plane: "out" },
        { role: "y", dtype: "f32" },
      ],
      pass.input,
    ),
    modules: () => ({ ...userModules(pass), "generated::seen": seenModule(specOf(pass)) }),
    shape: geometry.shape,
    buffers: [block.storage, table, gradient, image],
    threads: geometry.total,
    bytes: n * c * (h * w + 2 * pass.output[2] * pass.output[3]) * 4,
  });
  table.release();
  return image;
}

function backwardMix(
  gpu: Gpu,
  pass: Pass,
  x: Tensor,
  block: Tensor,
  gradient: Tensor,
  needsImage: boolean,
  wanted: readonly Slot[],
) {
  const own = wanted.filter(({ transform }) => transform === 0);
  const others = wanted.filter(({ transform }) => transform > 0);
  const hasPoints = pass.links.length > 1;
  let seen = gradient.storage;
  let totals: Storage | null = null;
  if (wanted.length > 0 || hasPoints) {
    const asked = { x, block, gradient, needsSeen: needsImage && hasPoints, wanted: others };
    const pulled = seeBackward(gpu, pass, sightOf(pass, own), asked);
    totals = totalsOf(gpu, pass, pulled);
    seen = pulled.seen ?? seen;
  }
  const image = needsImage ? gatherImage(gpu, pass, block, seen) : null;
  if (seen !== gradient.storage) seen.release();
  return gradientsOf(image, [...others, ...own], totals);
}

/** Looks at other samples of the batch. */
export const mix: Kind = {
  motion: "taps",
  functions: ({ mix: { taps } = { taps: 1 } }) => [
    ["tap", ["u32", "Pixel", "Params", "Frame"], "Tap"],
    ["seen", ["u32", "u32", "Pixel", "Params", "Frame"], "Tap"],
    ["backward", ["Pixel", "Params", "Frame", `array<f32,${taps}>`, "ptr<function,Params>"], ""],
  ],
  hasParams: true,
  take: ({ links, at, input }) => {
    const { name, mix: spec } = links[at].transform.declaration;
    const wrong = spec?.refuses?.(input, links[at].transform.options);
    if (wrong) throw new ShapeError(`${name}.${wrong.argument}`, wrong.given, wrong.allowed);
    const points = takePoints(links, at + 1, sized(links[at], input), { measures: "none" });
    const interpolation = (links[at].transform.options.interpolation as string | undefined) ?? "bilinear";
    const pass = { kind: "mix", heads: 1, output: points.output, interpolation } as const;
    return { count: 1 + points.count, ended: points.ended, pass };
  },
  readsF32: false,
  savesInput: true,
  whole: "its samples see each other",
  cost: ({ links }) => {
    const { taps } = links[0].transform.declaration.mix!;
    return { dispatches: { forward: 1, backward: 2 }, readings: Math.min(taps, 2), buffers: 5 };
  },
  forward: (gpu, pass, x, block, into) => ({
    y: seeForward(gpu, pass, sightOf(pass), x, block, into),
    saved: [block],
    pull: (gradient, [sx, sb], needsImage, wanted) => backwardMix(gpu, pass, sx, sb, gradient, needsImage, wanted),
  }),
};
