/** Mixes: what moves the own sample's pixels. */
import { checkBinds } from "../../autograd/dispatch.ts";
import { record } from "../../autograd/graph.ts";
import { add, mul, reshape, slice } from "../../autograd/index.ts";
import { type Gpu, withShaders } from "../../gpu/index.ts";
import { keeping, type Tensor, tensor } from "../../tensor/index.ts";
import { isShifted, mixFrame, TENSORS, type Value } from "../arithmetic.ts";
import { gateOf, type Slot } from "../pack/layout.ts";
import type { Pass } from "../pass.ts";
import { dispatchKernel } from "../pixels/kernel.ts";
import { ioOf } from "../pixels/see.ts";
import { label, userModules } from "../pixels/work.ts";
import { passOf, valuesOf } from "./block.ts";
import { pointWords } from "./field.ts";
import { identity } from "./identity.ts";
import type { Bent, Move, Placed } from "./move.ts";

const tapsModule = async (pass: Pass, back: boolean) =>
  (await withShaders(import("./motion-wgsl.ts"))).tapsModule(pass, back);

/** How a mix moves the pixels of its own sample, if it does. */
export function tapped(gpu: Gpu, placed: Placed): readonly Move[] {
  const { transform } = placed.link;
  const { params } = transform.declaration;
  if (isShifted(transform, placed.input)) return [{ matrix: windowOf(gpu, placed) }];
  const hasPartners = Object.values(params).some(({ role }) => role === "partner");
  return hasPartners ? [] : [movedPixels(gpu, placed)];
}

/** The matrix of a mix that shows a window on its own sample. */
function windowOf(gpu: Gpu, placed: Placed): Tensor {
  const { link, input } = placed;
  const { transform } = link;
  const pass = passOf("mix", [placed]);
  return keeping(gpu, () => {
    const { block } = valuesOf(gpu, pass, [link]);
    const [n] = input;
    // As the kernels see it: in the ranges of its parameters, one value for each sample.
    const rowOf = ({ offset }: Slot) => reshape(slice(block, 0, offset, offset + 1), [n]);
    const own = pass.layout.slots.filter(({ role, size }) => role === "value" && size === 1);
    const values = Object.fromEntries(own.map((slot) => [slot.name, rowOf(slot)]));
    const { mix } = transform.declaration;
    const [{ shift }] = mix!.parts!<Value>(values, mixFrame(transform, input), TENSORS, transform.options);
    const coin = gateOf(pass.layout, 0);
    return shift!.reduce<Tensor>(
      (matrix, along, axis) => {
        const gated = coin ? TENSORS.mul(rowOf(coin), along) : along;
        const cell = tensor(
          gpu,
          Float32Array.from({ length: 9 }, (_, i) => Number(i === 3 * axis + 2)),
        );
        const column = typeof gated === "number" ? gated : reshape(gated, [n, 1, 1]);
        return add(matrix, mul(reshape(cell, [1, 3, 3]), column));
      },
      identity(gpu, n),
    );
  });
}

/** A mix without partners: points go with the pixel that they are nearest to. */
function movedPixels(gpu: Gpu, placed: Placed): Bent {
  const { link } = placed;
  const pass = passOf("mix", [placed]);
  const { block } = valuesOf(gpu, pass, [link]);
  const move = (points: Tensor, back: boolean): Tensor => {
    const { shape } = points;
    checkBinds(gpu, points.byteLength);
    const moved = gpu.allocate(points.byteLength);
    dispatchKernel(gpu, {
      root: "mix_points",
      label: label(pass, "mix_points"),
      key: `${pass.key}|${back}`,
      io: ioOf(pass, [
        { role: "params" },
        { role: "floats", name: "points" },
        { role: "floats", name: "moved", writes: true },
      ]),
      conditions: { back },
      modules: () => ({ ...userModules(pass), "generated::taps": tapsModule(pass, back) }),
      shape: pointWords(gpu, pass, shape[1]),
      buffers: [block.storage, points.storage, moved],
      threads: shape[0] * shape[1],
    });
    const name = `points through ${link.transform.declaration.name}`;
    return record(name, [points], { shape, storage: moved }, [], (g) => [reshape(g, shape)]);
  };
  return { move, kept: [block] };
}
