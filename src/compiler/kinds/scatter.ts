/** The gradient of an image by adding, from each output pixel, to those that it saw: in fixed point, so that order does not matter. */
import scatterExtentWgsl from "../../../shaders/pass/scatter_extent.wgsl";
import scatterFinishWgsl from "../../../shaders/pass/scatter_finish.wgsl";
import scatterScaleWgsl from "../../../shaders/pass/scatter_scale.wgsl";
import { type Gpu, linkShader, type Storage } from "../../gpu/index.ts";
import type { Pass } from "../pass.ts";
import type { Io } from "../pixels/io.ts";
import { dispatchKernel, groupsFor, type KernelCall } from "../pixels/kernel.ts";
import { geometryOf, label } from "../pixels/work.ts";
import { threadsFor } from "../tuning.ts";

/** How the kernel finds the places at which output pixels look. */
export type ScatterCall = Pick<KernelCall, "conditions" | "modules"> & {
  io: Io;
  /** Words of the `Shape` uniform behind those that every pass has. */
  shape: readonly number[];
  /** Behind those of the kernel itself. */
  buffers: readonly Storage[];
  key: string;
  /** The block of the pass, and the slot of a coin that leaves samples alone. */
  coin?: { block: Storage; slot: number };
  /** How far samples look, where those that look near are left out (`gather.ts`). */
  reach?: Storage;
};

/** How far the taps of samples lie from their pixels. */
export const NEAR: Io["buffers"][number] = {
  role: "own",
  access: "r",
  code: (i) => `@group(0) @binding(${i}) var<storage, read> reach: array<Near>;
fn near_of(n: u32) -> Near { return reach[n]; }`,
  imports: ["import package::lib::near::Near;"],
};

/** What the adding kernel binds besides what a kind brings. */
const SUMMED: Io["buffers"] = [
  { role: "g", dtype: "f32", access: "quad", plane: "out" },
  {
    role: "own",
    access: "r",
    code: (i) =>
      `@group(0) @binding(${i}) var<storage, read> extents: array<u32>;\nfn extent(plane: u32) -> u32 { return extents[plane]; }`,
  },
  {
    role: "own",
    access: "w",
    code: (i) => `@group(0) @binding(${i}) var<storage, read_write> low: array<atomic<i32>>;`,
  },
  {
    role: "own",
    access: "w",
    code: (i) => `@group(0) @binding(${i}) var<storage, read_write> high: array<atomic<i32>>;`,
  },
];

/**
 * Adds up `gradient`, `[N, C, H', W']`, at the places where a pass looks.
 * @returns the gradient of its input, `[N, C, H, W]`
 */
export function scatterImage(gpu: Gpu, pass: Pass, gradient: Storage, call: ScatterCall): Storage {
  const [n, c, h, w] = pass.input;
  const size = n * c * h * w;
  const extents = extentsOf(gpu, gradient, pass, call);
  const { reach } = call;
  const conditions = { ...call.conditions, near: reach !== undefined };
  const low = gpu.allocate(size * 4);
  const high = gpu.allocate(size * 4);
  gpu.clear(low);
  gpu.clear(high);
  const geometry = geometryOf(gpu, { ...pass, output: [n, c, pass.output[2], pass.output[3]] }, [
    n,
    c,
    ...pass.output.slice(2),
  ]);
  dispatchKernel(gpu, {
    root: "scatter_add",
    label: label(pass, "scatter_add"),
    key: `${call.key}|${conditions.near}`,
    io: {
      ...call.io,
      buffers: [...SUMMED, ...(reach ? [NEAR] : []), ...call.io.buffers],
    },
    conditions,
    modules: call.modules,
    shape: [...geometry.shape, ...call.shape],
    buffers: [gradient, extents, low, high, ...(reach ? [reach] : []), ...call.buffers],
    threads: geometry.total,
    bytes: (size + n * c * pass.output[2] * pass.output[3]) * 4,
  });
  const image = gpu.allocate(size * 4);
  const coin = call.coin !== undefined;
  const threads = threadsFor(gpu, Math.ceil((h * w) / 4), n * c);
  const pipeline = gpu.pipeline({
    key: `scatter_finish|${coin}|${reach && looks(call)}`,
    label: "scatter_finish",
    access: `urrrw${coin ? "rr" : ""}${reach ? "r" : ""}`,
    source: () => linkShader(scatterFinishWgsl, { conditions: { ...conditions, coin } }),
  });
  gpu.dispatch({
    pipeline,
    bindings: [
      gpu.uniform([n * c, threads, h * w, c, n, call.coin?.slot ?? 0]),
      extents,
      low,
      high,
      image,
      ...(call.coin ? [call.coin.block, gradient] : []),
      ...(reach ? [reach] : []),
    ],
    groups: groupsFor(n * c * threads),
    bytes: size * 12,
  });
  for (const storage of [extents, low, high]) storage.release();
  return image;
}

/** Which interpolation it is: what is near depends on it. */
const looks = ({ conditions = {} }: ScatterCall): string =>
  Object.keys(conditions)
    .filter((name) => conditions[name])
    .join();

/** The largest magnitude of each plane, as bits. */
function extentsOf(gpu: Gpu, gradient: Storage, pass: Pass, call: ScatterCall): Storage {
  const { reach } = call;
  const channels = pass.input[1];
  const planes = pass.input[0] * channels;
  const pixels = pass.output[2] * pass.output[3];
  const threads = threadsFor(gpu, Math.ceil(pixels / 4), planes);
  const partial = gpu.allocate(planes * threads * 4);
  const extents = gpu.allocate(planes * 4);
  gpu.dispatch({
    pipeline: gpu.pipeline({
      key: `scatter_extent|${reach && looks(call)}`,
      label: "scatter_extent",
      access: reach ? "urwr" : "urw",
      source: () => linkShader(scatterExtentWgsl, { conditions: { ...call.conditions, near: reach !== undefined } }),
    }),
    bindings: [gpu.uniform([planes, threads, pixels, channels]), gradient, partial, ...(reach ? [reach] : [])],
    groups: groupsFor(planes * threads),
    bytes: planes * pixels * 4,
  });
  gpu.dispatch({
    pipeline: gpu.pipeline({
      key: "scatter_scale",
      label: "scatter_scale",
      access: "urw",
      source: () => linkShader(scatterScaleWgsl),
    }),
    bindings: [gpu.uniform([planes, threads]), partial, extents],
    groups: groupsFor(planes),
  });
  partial.release();
  return extents;
}
