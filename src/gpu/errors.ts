/** Every error that augrad throws on purpose. `code` is stable; the message says what came, what is allowed and, where it helps, the fix. */
export class AugradError extends Error {
  /** What `error.name` says, of every class a literal: the name of a class itself is a letter in a minified bundle. */
  static override readonly name: string = "AugradError";
  /** Names the kind of error; stays the same between versions. */
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** Longest text of a value in a message. */
const LONGEST = 80;
const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text);

/** A value in a few words, for messages. Never throws and never takes long, whatever comes. */
export function describe(value: unknown): string {
  if (Object.is(value, -0)) return "-0";
  if (typeof value === "number" || value === null || value === undefined) return String(value);
  if (typeof value === "function") return "a function";
  if (typeof value === "string") return `string ${JSON.stringify(shortened(value))}`;
  if (typeof value !== "object") return `${typeof value} ${shortened(String(value))}`;
  try {
    return describeObject(value);
  } catch {
    return "an object";
  }
}

function describeObject(value: object): string {
  if (Array.isArray(value)) return `array ${shortened(listed(value))}`;
  if (ArrayBuffer.isView(value))
    return `${value.constructor.name} of ${"length" in value ? value.length : value.byteLength}`;
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return `object ${shortened(listed(value))}`;
  const { shape, dtype } = value as { shape?: unknown; dtype?: unknown };
  if (Array.isArray(shape) && typeof dtype === "string") return `a tensor ${shortened(listed(shape))} of ${dtype}`;
  return `an object of class ${shortened(String(value.constructor?.name))}`;
}

/** The first items, as JSON has them: what is passed by mistake may hold a million. */
function listed(value: unknown, depth = 0): string {
  if (typeof value === "string") return JSON.stringify(shortened(value));
  if (typeof value !== "object" || value === null) return typeof value === "function" ? "a function" : String(value);
  if (depth > 2 || ArrayBuffer.isView(value)) return "...";
  if (Array.isArray(value)) return `[${Array.from(value.slice(0, 20), (item) => listed(item, depth + 1)).join(", ")}]`;
  const keys = Object.keys(value).slice(0, 20);
  return `{ ${keys.map((key) => `${key}: ${listed((value as Record<string, unknown>)[key], depth + 1)}`).join(", ")} }`;
}

/** An argument that cannot be used: names it, what was given, and what is allowed. Nothing has reached the GPU. */
export class ArgumentError extends AugradError {
  static override readonly name: string = "ArgumentError";
  constructor(
    /** Which argument, or part of one. */
    readonly argument: string,
    /** What came, in words. */
    readonly given: string,
    /** What may come, in words. */
    readonly allowed: string,
    code = "argument",
  ) {
    super(code, `${argument}: got ${given}; allowed is ${allowed}.`);
  }
}

/** Shapes that do not fit; the message names both. */
export class ShapeError extends ArgumentError {
  static override readonly name: string = "ShapeError";
  constructor(argument: string, given: string, allowed: string) {
    super(argument, given, allowed, "shape");
  }
}

/** A tensor or buffer that was disposed of, or that belongs to another device. */
export class TensorStateError extends AugradError {
  static override readonly name: string = "TensorStateError";
  constructor(message: string) {
    super("tensor-state", message);
  }
}

/** A misuse of the autograd graph: freed, not scalar, or changed in place. */
export class GraphError extends AugradError {
  static override readonly name: string = "GraphError";
  constructor(message: string) {
    super("graph", message);
  }
}

/** No adapter, or no device: the environment cannot run WebGPU. */
export class UnsupportedError extends AugradError {
  static override readonly name: string = "UnsupportedError";
  constructor(message: string) {
    super("unsupported", message);
  }
}

/** Something larger than the device can hold. */
export class LimitError extends AugradError {
  static override readonly name: string = "LimitError";
  constructor(
    /** Name of the limit, as WebGPU has it. */
    readonly limit: string,
    /** How much would be needed. */
    readonly needed: number,
    /** How much the device has. */
    readonly available: number,
    what: string,
  ) {
    super("limit", `${what} needs ${needed}, and this device's ${limit} is ${available}.`);
  }
}

/** The device is gone: ask for a new one with `gpu.renew()` and upload again. */
export class DeviceLostError extends AugradError {
  static override readonly name: string = "DeviceLostError";
  constructor(
    /** Why, as the device says. */
    readonly reason: string,
  ) {
    super(
      "device-lost",
      `The GPU device is lost (${reason}). Call gpu.renew() for a new one and create the tensors again.`,
    );
  }
}

/** The GPU has no memory left. */
export class OutOfMemoryError extends AugradError {
  static override readonly name: string = "OutOfMemoryError";
  constructor(what: string) {
    super("out-of-memory", `Out of GPU memory: ${what}. Dispose of tensors, use a smaller batch, or f16 storage.`);
  }
}

/** WebGPU refused a pass or a pipeline: a defect in augrad or in a user's WGSL. `passes` are the labels of the step. */
export class PassError extends AugradError {
  static override readonly name: string = "PassError";
  constructor(
    message: string,
    /** Labels of the passes of the step, in order. */
    readonly passes: readonly string[] = [],
  ) {
    super("pass", passes.length ? `${message} (passes of this step: ${passes.join(", ")})` : message);
  }
}
