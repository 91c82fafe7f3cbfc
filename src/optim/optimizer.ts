import { bindable, bindsWhole, stretchOf } from "../autograd/parts.ts";
import { ArgumentError, check, describe, number, ShapeError, type Storage } from "../gpu/index.ts";
import { linkShader, type Shader } from "../gpu/wesl.ts";
import { sameShape, show, Tensor } from "../tensor/index.ts";

/** Changes parameters in place by their gradients, on the GPU, without reading anything back. */
export interface Optimizer {
  /** What it changes. */
  readonly parameters: readonly Tensor[];
  /** The rate of the next steps; may be set. */
  learningRate: number;
  /** One update of every parameter that has a gradient; the others stay. @throws ShapeError, TensorStateError before anything changed */
  step(): void;
  /** Forgets the gradients of all parameters. */
  zeroGrad(): void;
  /** Frees the optimiser's own state; the parameters stay. */
  dispose(): void;
}

/** One rule of update: a kernel over (parameter, gradient, state, rates, count). */
export interface Rule {
  /** Module of the kernel, `optim::sgd`. */
  wgsl: Shader;
  /** Values of state kept per value of a parameter. */
  statePerValue: number;
  /** The kernel's `rates` for step `t`, counted from 1 for each parameter. */
  rates(learningRate: number, t: number): number[];
}

const RATE = number({ least: 0 });

/** A stretch of a parameter that can be bound together with the optimiser's own values for it. */
interface Part {
  first: number;
  values: number;
  state: Storage;
  count: Storage;
}

interface Slot {
  tensor: Tensor;
  parts: readonly Part[];
  steps: number;
}

/** The parts of a parameter, with a state of zeros: one, unless a device cannot bind the whole of either. */
function partsOf({ gpu, size }: Tensor, { statePerValue }: Rule): Part[] {
  const whole = size * statePerValue <= bindable(gpu);
  const each = whole ? size : Math.floor(bindable(gpu) / statePerValue / 64) * 64;
  return Array.from({ length: Math.ceil(size / each) }, (_, i) => {
    const values = Math.min(each, size - i * each);
    const state = gpu.allocate(values * 4 * statePerValue);
    gpu.clear(state);
    return { first: i * each, values, state, count: gpu.uniform([values]).retain() };
  });
}

/** An optimiser of a rule. Parameters are leaves of f32. */
export function makeOptimizer(parameters: readonly Tensor[], learningRate: number, rule: Rule): Optimizer {
  const list = checkParameters(parameters);
  let rate = check("learningRate", learningRate, RATE);
  let slots: Slot[] | null = null;

  const open = (): Slot[] => {
    slots ??= list.map((tensor) => ({ tensor, parts: partsOf(tensor, rule), steps: 0 }));
    return slots;
  };

  return {
    parameters: list,
    get learningRate() {
      return rate;
    },
    set learningRate(value: number) {
      rate = check("learningRate", value, RATE);
    },
    step() {
      checkGradients(list);
      for (const slot of open()) if (slot.tensor.grad) update(rule, slot, rate);
    },
    zeroGrad() {
      for (const tensor of list) {
        tensor.grad?.dispose();
        tensor.grad = null;
      }
    },
    dispose() {
      for (const { state, count } of slots?.flatMap(({ parts }) => parts) ?? [])
        for (const held of [state, count]) held.release();
      slots = null;
    },
  };
}

function update(rule: Rule, slot: Slot, rate: number): void {
  const { tensor, parts } = slot;
  const { gpu } = tensor;
  const pipeline = gpu.pipeline({
    key: rule.wgsl.path,
    label: rule.wgsl.path,
    access: "wrwru",
    source: () => linkShader(rule.wgsl),
  });
  // A buffer of the pool, not a uniform: Adam's rates change at every step.
  const rates = gpu.upload(new Float32Array(rule.rates(rate, ++slot.steps)));
  const changed = [tensor, tensor.grad!];
  const whole = parts.length === 1 && bindsWhole(changed);
  for (const { first, values, state, count } of parts) {
    const [x, gradient] = changed.map((t) => (whole ? t.storage : stretchOf(t, first, values).binding));
    const groups = Math.min(65535, Math.ceil(values / 64));
    const bytes = 4 * values * (3 + 2 * rule.statePerValue);
    gpu.dispatch({ pipeline, bindings: [x, gradient, state, rates, count], groups: [groups], bytes });
  }
  tensor.storage.version++;
  rates.release();
}

function checkParameters(parameters: readonly Tensor[]): readonly Tensor[] {
  const allowed = "parameters of f32, made by parameter(), each once";
  if (!Array.isArray(parameters) || parameters.length === 0)
    throw new ArgumentError("parameters", describe(parameters), `an array of ${allowed}`);
  Array.from(parameters).forEach((tensor, i) => {
    const name = `parameters[${i}]`;
    if (!(tensor instanceof Tensor)) throw new ArgumentError(name, describe(tensor), allowed);
    if (!tensor.requiresGrad || tensor.origin)
      throw new ArgumentError(
        name,
        tensor.origin ? `the result of ${tensor.origin.name}` : "a tensor without requiresGrad",
        allowed,
      );
    if (tensor.dtype !== "f32") throw new ArgumentError(name, tensor.dtype, allowed);
    if (parameters.indexOf(tensor) !== i) throw new ArgumentError(name, "a parameter that is listed before", allowed);
    void tensor.storage;
  });
  return Object.freeze([...parameters]);
}

function checkGradients(parameters: readonly Tensor[]): void {
  parameters.forEach((tensor, i) => {
    tensor.gpu.assertAlive();
    void tensor.storage;
    if (!tensor.grad) return;
    void tensor.grad.storage;
    if (!sameShape(tensor.grad.shape, tensor.shape)) {
      throw new ShapeError(`parameters[${i}].grad`, show(tensor.grad.shape), show(tensor.shape));
    }
    if (tensor.grad.gpu !== tensor.gpu || tensor.grad.dtype !== "f32") {
      throw new ArgumentError(
        `parameters[${i}].grad`,
        `${tensor.grad.dtype} of ${tensor.grad.gpu === tensor.gpu ? "this" : "another"} device`,
        "f32 of the parameter's device",
      );
    }
  });
}
