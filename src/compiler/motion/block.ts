import { record } from "../../autograd/graph.ts";
import type { Gpu, Storage } from "../../gpu/index.ts";
import { Tensor } from "../../tensor/index.ts";
import type { Slot } from "../pack/layout.ts";
import { packBlock, unpackGradient } from "../pack/params.ts";
import { type Bound, makePass, type Pass } from "../pass.ts";
import type { Placed } from "./move.ts";

/** The values of links, as a tensor that has a gradient. */
export interface Values {
  /** `[slots, samples]`. */
  block: Tensor;
  /** The slots whose gradients somebody wants. */
  wanted: readonly Slot[];
}

/** Links in a row as a pass, of which there is only the block of parameters, and the sizes. */
export function passOf(kind: Pass["kind"], placed: readonly Placed[]): Pass {
  return makePass({
    kind,
    links: placed.map(({ link }) => link),
    positions: [],
    heads: placed.length,
    input: placed[0].input,
    output: placed[placed.length - 1].output,
    inputType: "f32",
    outputType: "f32",
    frames: placed.map(({ input, output }) => [input[3], input[2], output[3], output[2]]),
    interpolation: "",
    padding: "",
    ended: "",
  });
}

/** Packs the values of links: where tensors among them want gradients, these come from the gradient of the block. */
export function valuesOf(gpu: Gpu, pass: Pass, links: readonly Bound[]): Values {
  const { tensor: packed, params } = packBlock(gpu, pass, links, `motion|${pass.key}`, 0, true);
  const learned = params.filter(({ slot, tensor }) => slot.role === "value" && tensor.requiresGrad);
  if (learned.length === 0) return { block: packed, wanted: [] };
  gpu.untrack(packed);
  const { shape, storage } = packed;
  const tensors = learned.map(({ tensor }) => tensor);
  const block = record("parameters of a motion", tensors, { shape, storage }, [], (g, _, needs) =>
    learned.map((param, i) =>
      needs[i] ? unpackGradient(gpu, g.storage, param.slot.offset, param, shape[1], 0) : null,
    ),
  );
  return { block, wanted: learned.map(({ slot }) => slot).sort((a, b) => a.offset - b.offset) };
}

/** Zeros of a block's size, for kernels that leave the gradients of some of its slots there. */
export function gradientOf(gpu: Gpu, block: Tensor): { storage: Storage; tensor: Tensor } {
  const storage = gpu.allocate(block.byteLength);
  gpu.clear(storage);
  return { storage, tensor: new Tensor(gpu, block.shape, "f32", storage) };
}
