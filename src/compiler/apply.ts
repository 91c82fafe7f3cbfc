import { record } from "../autograd/index.ts";
import { ArgumentError, describe, type Gpu, LimitError, ShapeError, type Storage, TensorStateError } from "../gpu/index.ts";
import { checkImage, type DType, sameShape, show, Tensor } from "../tensor/index.ts";
import type { Transform } from "../transforms/index.ts";
import { bind, type Bound, checkTransform } from "./bind.ts";
import type { Slot } from "./layout.ts";
import { backwardMaps, forwardMaps } from "./maps.ts";
import { type Block, packBlock, type TensorParam, unpackGradient } from "./params.ts";
import { checkPlanOptions, outputSize, plan, type PlanOptions } from "./plan.ts";
import { backwardPoints, forwardPoints } from "./points.ts";
import { backwardResample, forwardResample } from "./resample.ts";
import { largestBinding, linkKey, type Pass } from "./structure.ts";
import { backwardWindow, forwardWindow } from "./window.ts";

/** How to apply a chain. */
export interface ApplyOptions extends PlanOptions {
  /** An f32 tensor to write the result into: for handing it to another engine's array. The result is then not pooled. */
  into?: Tensor;
}

/**
 * Applies transforms to a batch of images `[N, C, H, W]`, in as few passes as possible, and differentiably: in the image
 * and in every parameter that is a tensor which requires a gradient.
 * @throws ArgumentError or ShapeError that names the transform and its parameter; nothing has then reached the GPU
 */
export function apply(x: Tensor, transforms: Transform | readonly Transform[], options: ApplyOptions = {}): Tensor {
  const list = Array.isArray(transforms) ? (transforms as readonly Transform[]) : [transforms as Transform];
  checkPlanOptions(options, "into");
  const bound = bindAll(x, list);
  bound.forEach(checkGate);
  const passes = planned(x, bound, options);
  checkLimits(x.gpu, passes);
  checkInto(x, passes, options.into);
  let result = x;
  passes.forEach((pass, i) => {
    const isLast = i === passes.length - 1;
    const next = run(result, pass, pass.positions.map((at) => bound[at]), `${i}|${pass.key}`, isLast ? options.into : undefined);
    if (result !== x) result.dispose();
    result = next;
  });
  return result;
}

/** Checks everything before anything is recorded. */
export function bindAll(x: Tensor, transforms: readonly Transform[]): Bound[] {
  if (!(x instanceof Tensor)) throw new ArgumentError("x", describe(x), "a tensor [N, C, H, W]");
  checkImage(x.shape);
  x.gpu.assertAlive();
  checkTensor("x", x, x.gpu);
  let shape = x.shape;
  const bound = transforms.map((transform, i) => {
    checkTransform(transform, i);
    const made = bind(transform, shape[0], shape[1], [shape[2], shape[3]]);
    shape = outputSize(transform, shape);
    return made;
  });
  for (const { transform, values } of bound) {
    for (const name in values) {
      const value = values[name];
      if ("tensor" in value) checkTensor(`${transform.declaration.name}.${name}`, value.tensor, x.gpu);
    }
  }
  return bound;
}

/** Checks that a tensor is one, alive, and of the image's device. */
function checkTensor(argument: string, tensor: Tensor, gpu: Gpu): void {
  if (!(tensor instanceof Tensor)) throw new ArgumentError(argument, "an object with a shape that is no tensor", "a tensor made by augrad");
  const fail = (what: string) => {
    throw new TensorStateError(`${argument}: got a tensor ${show(tensor.shape)} ${what}.`);
  };
  if (tensor.disposed) fail("that was disposed of; allowed is one that was not");
  if (tensor.gpu !== gpu) fail("of another device; allowed is one of x's device: create it there, or adopt the other engine's device");
}

/** A pass can leave a sample alone by a branch; half of a turned image is no image turned by half. */
function checkGate({ gate, transform: { declaration } }: Bound): void {
  if (gate !== "gate" || declaration.kind === "point") return;
  throw new ArgumentError(`${declaration.name}.on`, "a tensor", "0 or 1 per sample, for a map or a window; sequential([...]) blends");
}

/** Checks that every buffer of every pass can be bound, backward included. */
function checkLimits(gpu: Gpu, passes: readonly Pass[]): void {
  const { maxStorageBufferBindingSize: limit } = gpu.limits;
  for (const pass of passes) {
    const bytes = largestBinding(pass);
    if (bytes > limit) throw new LimitError("maxStorageBufferBindingSize", bytes, limit, `${show(pass.input)} -> ${show(pass.output)}`);
  }
}

const plans = new Map<string, Pass[]>();

function planned(x: Tensor, bound: readonly Bound[], options: ApplyOptions): Pass[] {
  let key = `${x.shape.join()}|${x.dtype}|${options.dtype ?? ""}|${options.compose ?? true}`;
  for (const link of bound) key += `|${linkKey(link)}${optionsKey(link)}`;
  let passes = plans.get(key);
  if (!passes) {
    passes = plan(bound, x.shape, x.dtype, options);
    if (plans.size > 512) plans.clear();
    plans.set(key, passes);
  }
  return passes;
}

function optionsKey({ transform: { options } }: Bound): string {
  let key = "";
  for (const name in options) key += `,${options[name]}`;
  return key;
}

function checkInto(x: Tensor, passes: readonly Pass[], into: Tensor | undefined): void {
  if (!into) return;
  checkTensor("into", into, x.gpu);
  const { output, outputType } = passes[passes.length - 1];
  if (!sameShape(into.shape, output) || into.dtype !== outputType) {
    throw new ShapeError("into", `${show(into.shape)} of ${into.dtype}`, `${show(output)} of ${outputType}`);
  }
  if (into.storage === x.storage) throw new ArgumentError("into", "the input itself", "another tensor");
}

/** What a pass computed, and how to pull a gradient back through it. */
interface Ran {
  y: Storage;
  saved: Tensor[];
  pull: (gradient: Tensor, saved: readonly Tensor[], needsImage: boolean, wanted: readonly Slot[]) => Gradients;
}

interface Gradients {
  image: Storage | null;
  /** The wanted slots' sums, `[rows][samples]`, and in which row a slot begins. */
  of: (slot: Slot) => { storage: Storage; row: number };
  release: () => void;
}

function run(x: Tensor, pass: Pass, bound: readonly Bound[], key: string, into?: Tensor): Tensor {
  const { gpu } = x;
  const block = packBlock(gpu, pass, bound, key);
  const ran = runForward(gpu, pass, x, block.tensor, into?.storage);
  const { params } = block;
  const inputs = [x, ...params.map(({ tensor }) => tensor)];
  const [samples] = pass.input;
  const y = record(
    pass.links.map(({ transform }) => transform.declaration.name).join(" > ") || "cast",
    inputs,
    { shape: pass.output, dtype: pass.outputType as DType, storage: ran.y },
    [x, ...ran.saved],
    (gradient, saved, needs) => {
      const wanted = uniqueSlots(params.filter((_, i) => needs[i + 1]));
      const gradients = ran.pull(gradient, saved, needs[0], wanted);
      const parts = params.map((param, i) => {
        if (!needs[i + 1]) return null;
        const { storage, row } = gradients.of(param.slot);
        return unpackGradient(gpu, storage, row, param, samples);
      });
      gradients.release();
      return [gradients.image ? new Tensor(gpu, x.shape, "f32", gradients.image) : null, ...parts];
    },
  );
  releaseForward(block, ran.saved);
  return y;
}

/** The graph keeps what it needs; a call without a graph keeps nothing. */
function releaseForward(block: Block, saved: readonly Tensor[]): void {
  for (const tensor of new Set([block.tensor, ...saved])) tensor.dispose();
}

const uniqueSlots = (params: readonly TensorParam[]): Slot[] => params.map(({ slot }) => slot).sort((a, b) => a.offset - b.offset);

function runForward(gpu: Gpu, pass: Pass, x: Tensor, block: Tensor, into?: Storage): Ran {
  switch (pass.kind) {
    case "point": {
      const { y, statistics } = forwardPoints(gpu, pass, x, block, into);
      return {
        y,
        saved: statistics ? [block, statistics] : [block],
        pull: (gradient, [sx, sb, ss], needsImage, wanted) => {
          const { image, totals } = backwardPoints(gpu, pass, sx, sb, ss ?? null, gradient, needsImage, wanted);
          return { image, of: rowsOf(wanted, totals), release: () => totals?.release() };
        },
      };
    }
    case "map":
      return {
        y: forwardMaps(gpu, pass, x, block, into),
        saved: [block],
        pull: (gradient, [sx, sb], needsImage, wanted) => {
          const { image, totals, maps } = backwardMaps(gpu, pass, sx, sb, gradient, needsImage, wanted);
          const isMatrix = (slot: Slot) => slot.transform < pass.maps && slot.name !== "fill";
          const ofMaps = rowsOf(wanted.filter(isMatrix), maps);
          const others = rowsOf(wanted.filter((slot) => !isMatrix(slot)), totals);
          return {
            image,
            of: (slot) => (isMatrix(slot) ? ofMaps(slot) : others(slot)),
            release: () => {
              totals?.release();
              maps?.release();
            },
          };
        },
      };
    case "window":
      return {
        y: forwardWindow(gpu, pass, x, block, into),
        saved: [block],
        pull: (gradient, [sx, sb], needsImage, wanted) => {
          const { image, totals } = backwardWindow(gpu, pass, sx, sb, gradient, needsImage, wanted);
          return { image, of: rowsOf(wanted, totals), release: () => totals?.release() };
        },
      };
    case "resample":
      return {
        y: forwardResample(gpu, pass, x, into),
        saved: [],
        pull: (gradient, _, needsImage) => ({
          image: needsImage ? backwardResample(gpu, pass, gradient) : null,
          of: rowsOf([], null),
          release: () => {},
        }),
      };
  }
}

/** Rows of the sums in which the wanted slots begin. */
function rowsOf(wanted: readonly Slot[], storage: Storage | null): Gradients["of"] {
  return (slot) => {
    let row = 0;
    for (const other of wanted) {
      if (other === slot) return { storage: storage!, row };
      row += other.size;
    }
    throw new Error(`No gradient was computed for ${slot.name}.`);
  };
}
