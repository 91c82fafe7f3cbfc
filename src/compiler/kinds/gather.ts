/** The gradient of an image by gathering, where output pixels look near where they lie: their reach is measured before. */
import type { Gpu, Storage } from "../../gpu/index.ts";
import type { Pass } from "../pass.ts";
import type { Io } from "../pixels/io.ts";
import { dispatchKernel } from "../pixels/kernel.ts";
import { geometryOf, label } from "../pixels/work.ts";
import { NEAR, type ScatterCall, scatterImage } from "./scatter.ts";

const MEASURED: Io["buffers"][number] = {
  role: "own",
  access: "w",
  code: (i) => `@group(0) @binding(${i}) var<storage, read_write> reach: array<atomic<u32>>;`,
};

/** How far the taps of each sample's output pixels lie from them, `[N][left, right, up, down]`. */
function measureReach(gpu: Gpu, pass: Pass, call: ScatterCall): Storage {
  const [n, , h, w] = pass.output;
  const reach = gpu.allocate(n * 16);
  gpu.clear(reach);
  const geometry = geometryOf(gpu, pass, [n, 1, h, w]);
  dispatchKernel(gpu, {
    root: "field_reach",
    label: label(pass, "field_reach"),
    key: call.key,
    io: { ...call.io, channels: 1, buffers: [MEASURED, ...call.io.buffers] },
    conditions: call.conditions,
    modules: call.modules,
    shape: [...geometry.shape, ...call.shape],
    buffers: [reach, ...call.buffers],
    threads: geometry.total,
  });
  return reach;
}

/**
 * Gathers the gradient of the image, `[N, C, H, W]`, from the output pixels within reach, as many as a few for a pixel; samples in
 * which a place lies farther are scattered. The result has the size of the image.
 */
export function gatherImage(gpu: Gpu, pass: Pass, gradient: Storage, call: ScatterCall): Storage {
  const reach = measureReach(gpu, pass, call);
  const image = scatterImage(gpu, pass, gradient, { ...call, reach });
  const [n, c, h, w] = pass.input;
  const isWhole = w % 4 === 0;
  const geometry = geometryOf(gpu, pass, pass.input, { parts: Math.ceil(w / 4) * Math.ceil(h / 2) });
  dispatchKernel(gpu, {
    root: "field_gather",
    label: label(pass, "field_gather"),
    key: `${call.key}|${isWhole}`,
    io: {
      ...call.io,
      buffers: [
        { role: "g", dtype: "f32", access: "fetch", plane: "out" },
        { role: "y", dtype: "f32", rows: !isWhole },
        NEAR,
        ...call.io.buffers,
      ],
    },
    conditions: { ...call.conditions, whole_quads: isWhole },
    modules: call.modules,
    shape: [...geometry.shape, ...call.shape],
    buffers: [gradient, image, reach, ...call.buffers],
    threads: geometry.total,
    bytes: n * c * h * w * 8,
  });
  reach.release();
  return image;
}
