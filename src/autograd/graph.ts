import {
  A_FUNCTION,
  ArgumentError,
  check,
  checkedLater,
  describe,
  flag,
  GraphError,
  readOptions,
  ShapeError,
  type Storage,
} from "../gpu/index.ts";
import { type DType, full, type Origin, type Shape, sameShape, show, Tensor } from "../tensor/index.ts";
import { accumulate } from "./accumulate.ts";
import { clone } from "./kernels.ts";
import { together } from "./together.ts";

/** A tensor whose values backward needs, and how they were when it was saved. */
interface Saved {
  tensor: Tensor<DType>;
  storage: Storage;
  version: number;
}

/**
 * Computes the gradients of the inputs; null where an input needs none. The tensors it returns belong to the caller. `add` is a + b of
 * one shape, and disposes of both: who pulls back brings it, so that a page without gradients has no kernel for it.
 */
export type Pullback = (
  gradient: Tensor,
  saved: readonly Tensor[],
  needs: readonly boolean[],
  add: (a: Tensor, b: Tensor) => Tensor,
) => (Tensor | null)[];

/**
 * One step of the graph: it knows its inputs, and how a gradient flows back to them. It lives as long as backward can reach
 * it: from its own result, or through a later step. A loop that never calls backward, such as a validation, then keeps nothing.
 */
export class Step implements Origin {
  freed = false;
  /** Its result, if it was not disposed of, and the later steps that are not freed. */
  #users = 0;
  readonly needs: readonly boolean[];
  #saved: Saved[];

  constructor(
    readonly name: string,
    readonly inputs: readonly Tensor<DType>[],
    saved: readonly Tensor<DType>[],
    private readonly pullback: Pullback,
  ) {
    this.needs = inputs.map((input) => input.requiresGrad);
    // Saved tensors keep their memory, so that a caller may dispose of an intermediate image at once.
    this.#saved = saved.map((tensor) => {
      const storage = tensor.storage.retain();
      return { tensor: new Tensor(tensor.gpu, tensor.sizes, tensor.dtype, storage), storage, version: storage.version };
    });
    for (const { tensor } of this.#saved) tensor.gpu.untrack(tensor);
    for (const input of inputs) input.origin?.retain();
  }

  retain(): void {
    this.#users++;
  }

  /** Frees the step when nobody can reach it, and so the steps that only it reached. A list, as chains may be long. */
  release(): void {
    const left: Step[] = [this];
    for (let step = left.pop(); step; step = left.pop()) if (--step.#users === 0) step.#free(left);
  }

  /** Throws what makes the step impossible: it was freed, or a tensor that it saved was changed. */
  check(): void {
    if (this.freed) {
      throw new GraphError(
        `The graph of "${this.name}" was freed by an earlier backward, or when its result was disposed of: pass { retain: true } to run backward twice, and dispose of results after it.`,
      );
    }
    for (const { storage, version } of this.#saved) {
      if (storage.version !== version) {
        throw new GraphError(
          `A tensor that "${this.name}" saved for backward was changed in place since: make the change after backward, or on a copy.`,
        );
      }
    }
  }

  /** The gradients of those inputs that `needs` names. */
  run(gradient: Tensor, needs: readonly boolean[], add: Parameters<Pullback>[3]): (Tensor | null)[] {
    return this.pullback(
      gradient,
      // What each operation saved, it knows the storage type of.
      this.#saved.map((s) => s.tensor as Tensor),
      needs,
      add,
    );
  }

  free(): void {
    const left: Step[] = [];
    this.#free(left);
    for (const step of left) step.release();
  }

  /** Frees what it saved; `left` takes the steps that lose a user. */
  #free(left: Step[]): void {
    if (this.freed) return;
    this.freed = true;
    for (const { tensor } of this.#saved) tensor.dispose();
    this.#saved = [];
    for (const input of this.inputs) if (input.origin) left.push(input.origin as Step);
  }
}

let recording = true;

/** Runs without building a graph. */
export function noGrad<T>(run: () => T): T {
  check("run of noGrad()", run, A_FUNCTION);
  const before = recording;
  recording = false;
  try {
    return run();
  } finally {
    recording = before;
  }
}

/**
 * Makes the result of an operation, and hangs it on the graph when an input needs a gradient.
 * @param result its storage passes to the new tensor: not one that another tensor will release, unless it was retained
 * @param saved tensors whose values the pull-back needs
 */
export function record<D extends DType = "f32">(
  name: string,
  inputs: readonly Tensor<DType>[],
  result: { shape: Shape; dtype?: D; storage: Storage },
  saved: readonly Tensor<DType>[],
  pullback: Pullback,
): Tensor<D> {
  const gpu = inputs[0].gpu;
  const dtype = result.dtype ?? ("f32" as D);
  if (!recording || !inputs.some((input) => input.requiresGrad))
    return new Tensor(gpu, result.shape, dtype, result.storage);
  return new Tensor(gpu, result.shape, dtype, result.storage, true, new Step(name, inputs, saved, pullback));
}

/** Options of {@link backward} and {@link grad}. */
export interface BackwardOptions {
  /** The gradient of the final result in the output, a tensor of the output's shape; may be left out for a scalar. */
  gradient?: Tensor;
  /** @deprecated The former name of `gradient`. */
  seed?: Tensor;
  /** Keep the graph, to run it again. */
  retain?: boolean;
}

const RULES = { gradient: checkedLater, seed: checkedLater, retain: flag };

function readBackward(what: string, given: BackwardOptions | undefined): BackwardOptions {
  const { seed, gradient = seed, ...options } = readOptions<BackwardOptions>(what, given, RULES);
  if (seed !== undefined && gradient !== seed)
    throw new ArgumentError(`seed of ${what}()`, "a tensor beside gradient", "one of the two: seed is its former name");
  return { ...options, gradient };
}

/** Adds the gradient of a scalar (or, given `gradient`, of any tensor) to `.grad` of every leaf it depends on. Frees the graph. */
export function backward(output: Tensor<DType>, options?: BackwardOptions): void {
  propagate(output, null, readBackward("backward", options), (leaf, gradient) => {
    leaf.grad = leaf.grad ? accumulate(leaf.grad, gradient) : owned(gradient);
    // It belongs to the leaf now, whatever scope is open.
    leaf.gpu.untrack(leaf.grad);
  });
}

/**
 * The gradients of `output` in `inputs`, which may be leaves or intermediate tensors; `.grad` is left alone. Frees the graph.
 * @throws GraphError when an input does not influence the output
 */
export function grad(output: Tensor<DType>, inputs: readonly Tensor<DType>[], options?: BackwardOptions): Tensor[] {
  checkInputs(inputs);
  const found = propagate(output, inputs, readBackward("grad", options), (_, gradient) => gradient.dispose());
  const missing = found.indexOf(null);
  if (missing >= 0) {
    for (const gradient of found) gradient?.dispose();
    throw new GraphError(
      `inputs[${missing}] ${show(inputs[missing].shape)} does not influence the output, or does not require a gradient.`,
    );
  }
  return found.map((gradient) => owned(gradient!));
}

/** The gradient in memory of its own: operations such as a sum hand the same memory to both sides. */
function owned(gradient: Tensor): Tensor {
  if (gradient.storage.refs === 1) return gradient;
  const own = clone(gradient);
  gradient.dispose();
  return own;
}

/** Graph positions are steps, and leaves themselves. */
const positionOf = (tensor: Tensor<DType>): object => tensor.origin ?? tensor;

function propagate(
  output: Tensor<DType>,
  wanted: readonly Tensor<DType>[] | null,
  options: BackwardOptions,
  atLeaf: (leaf: Tensor<DType>, gradient: Tensor) => void,
): (Tensor | null)[] {
  if (!(output instanceof Tensor)) throw new ArgumentError("output", describe(output), "a tensor");
  output.gpu.assertAlive();
  const step = output.origin as Step | null;
  if (!output.requiresGrad)
    throw new GraphError(
      "Nothing that the output depends on requires a gradient: make it with parameter() or { requiresGrad: true }.",
    );
  const results: (Tensor | null)[] = (wanted ?? []).map(() => null);
  const wantedAt = new Map<object, number[]>();
  wanted?.forEach((tensor, i) => {
    const position = positionOf(tensor);
    wantedAt.set(position, [...(wantedAt.get(position) ?? []), i]);
  });
  const order = sorted(step);
  const reaches = wanted ? reaching(order, wantedAt) : null;
  // All of them before any of them runs, so that an error leaves every gradient as it was.
  for (const current of order) if (!reaches || reaches.has(current)) current.check();
  const gradients = new Map<object, Tensor>();
  const flow = (): void => {
    gradients.set(positionOf(output), gradientOf(output, options.gradient));
    if (!step && !wanted) atLeaf(output, gradients.get(output)!);
    for (const current of order) {
      const gradient = gradients.get(current);
      gradients.delete(current);
      if (!gradient) continue;
      for (const i of wantedAt.get(current) ?? []) results[i] = gradient.detach();
      if (reaches && !reaches.has(current)) {
        gradient.dispose();
        continue;
      }
      // What is not asked for is not computed: a parameter that learns beside an image whose gradient alone is wanted.
      const needs = reaches
        ? current.needs.map((is, i) => is && leadsOn(current.inputs[i], wantedAt, reaches))
        : current.needs;
      const flowing = current.run(gradient, needs, accumulate);
      gradient.dispose();
      for (let i = 0; i < flowing.length; i++) {
        const input = current.inputs[i];
        const part = flowing[i];
        if (!part) continue;
        if (!needs[i]) {
          part.dispose();
          continue;
        }
        const position = positionOf(input);
        if (position === input && !wanted) {
          atLeaf(input, part);
          continue;
        }
        const before = gradients.get(position);
        gradients.set(position, before ? accumulate(before, part) : part);
      }
    }
  };
  // What a limit stops half-way leaves nothing behind.
  noGrad(() => output.gpu.attempt(flow));
  for (const [position, gradient] of gradients) {
    for (const i of wantedAt.get(position) ?? []) results[i] = gradient.detach();
    if (step || wanted) gradient.dispose();
  }
  if (!options.retain) for (const current of order) current.free();
  return results;
}

function checkInputs(inputs: readonly Tensor<DType>[]): void {
  if (!Array.isArray(inputs)) throw new ArgumentError("inputs", describe(inputs), "an array of tensors");
  for (const [i, input] of inputs.entries())
    if (!(input instanceof Tensor)) throw new ArgumentError(`inputs[${i}]`, describe(input), "a tensor");
}

/** The gradient that backward starts from. */
function gradientOf(output: Tensor<DType>, gradient: Tensor | undefined): Tensor {
  if (gradient === undefined) {
    if (output.size !== 1)
      throw new GraphError(
        `The output ${show(output.shape)} is not a scalar: reduce it with sum() or mean(), or pass { gradient } of its shape.`,
      );
    return full(output.gpu, output.shape, 1);
  }
  if (!(gradient instanceof Tensor))
    throw new ArgumentError("gradient", describe(gradient), `a tensor of shape ${show(output.shape)}`);
  if (gradient.dtype !== "f32") throw new ArgumentError("gradient", `a tensor of ${gradient.dtype}`, "a tensor of f32");
  if (!sameShape(gradient.sizes, output.sizes))
    throw new ShapeError("gradient", show(gradient.shape), show(output.shape));
  together([output, gradient], "backward");
  return gradient.detach();
}

/** All steps below, each before the steps that it depends on. */
function sorted(last: Step | null): Step[] {
  if (!last) return [];
  const order: Step[] = [];
  const seen = new Set<Step>();
  const stack: { step: Step; next: number }[] = [{ step: last, next: 0 }];
  seen.add(last);
  while (stack.length) {
    const top = stack[stack.length - 1];
    if (top.next === top.step.inputs.length) {
      order.push(top.step);
      stack.pop();
      continue;
    }
    const origin = top.step.inputs[top.next++].origin as Step | null;
    if (origin && !seen.has(origin)) {
      seen.add(origin);
      stack.push({ step: origin, next: 0 });
    }
  }
  return order.reverse();
}

/** The steps through which a wanted tensor is reached; the others need not run. */
function reaching(order: readonly Step[], wantedAt: Map<object, number[]>): Set<Step> {
  const reaches = new Set<Step>();
  for (let i = order.length - 1; i >= 0; i--) {
    if (order[i].inputs.some((input) => leadsOn(input, wantedAt, reaches))) reaches.add(order[i]);
  }
  return reaches;
}

/** Whether a tensor is wanted, or a wanted one is reached through it. */
function leadsOn(tensor: Tensor<DType>, wantedAt: Map<object, number[]>, reaches: Set<Step>): boolean {
  const position = positionOf(tensor);
  return wantedAt.has(position) || reaches.has(position as Step);
}
