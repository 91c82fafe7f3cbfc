import { type Gpu, linkShader, type Pipeline, type Storage, type Wgsl } from "../../gpu/index.ts";
import { sumsAlone } from "../tuning.ts";
import type { Io } from "./io.ts";
import { ioModule, linkBack } from "./written.ts";

const LINE = 65535;

/** One dispatch of a generated kernel. */
export interface KernelCall {
  /** Root below `shaders/pass/`. */
  root: string;
  label: string;
  /** Identifies the generated modules. */
  key: string;
  io: Io | (() => Io);
  /** Generated modules besides `generated::io`. */
  modules?: () => Record<string, Wgsl | Promise<Wgsl>>;
  /** Modules of the package that stand for generated ones. */
  standIns?: Record<string, string>;
  conditions?: Record<string, boolean>;
  /** Words of the `Shape` uniform. */
  shape: ArrayLike<number>;
  /** One buffer for each of `io.buffers`. */
  buffers: readonly Storage[];
  threads: number;
  bytes?: number;
}

const WRITTEN = ["y", "partial", "sums", "statistic_sums", "gradients", "words", "counts"];

const isWritten = (buffer: Io["buffers"][number]): boolean =>
  (buffer.role === "own" && buffer.access === "w") ||
  WRITTEN.includes(buffer.role) ||
  (buffer.role === "floats" && buffer.writes === true);

/** Access letters for the pipeline's layout. */
const accessOf = (io: Io): string => `u${io.buffers.map((buffer) => (isWritten(buffer) ? "w" : "r")).join("")}`;

/** Records a dispatch of a kernel that the compiler generates around a chain. */
export function dispatchKernel(gpu: Gpu, call: KernelCall): void {
  const key = `${call.root}|${call.key}`;
  const pipeline = gpu.knownPipeline(key) ?? newPipeline(gpu, key, call);
  gpu.dispatch({
    pipeline,
    bindings: [gpu.uniform(call.shape), ...call.buffers],
    groups: groupsFor(call.threads),
    bytes: call.bytes,
  });
}

function newPipeline(gpu: Gpu, key: string, call: KernelCall): Pipeline {
  const io = typeof call.io === "function" ? call.io() : call.io;
  return gpu.pipeline({
    key,
    label: call.label,
    access: accessOf(io),
    source: () =>
      linkShader(`pass::${call.root}`, {
        conditions: call.conditions,
        standIns: call.standIns,
        modules: { "generated::io": ioModule(io), ...call.modules?.() },
      }),
  });
}

/** Workgroups of 64 for so many threads, in lines of at most 65,535. */
export function groupsFor(threads: number): [number, number] {
  const groups = Math.ceil(threads / 64);
  return [Math.min(groups, LINE), Math.ceil(groups / LINE)];
}

/**
 * Adds up `rows` rows of `length` partial sums in a fixed order.
 * @param into where the totals go, from row `first` on; a new buffer unless given
 */
export function sumRows(
  gpu: Gpu,
  partial: Storage,
  rows: number,
  length: number,
  scale = 1,
  into?: { total: Storage; first: number },
): Storage {
  const total = into?.total ?? gpu.allocate(rows * 4);
  const isShort = sumsAlone(gpu, length);
  const label = isShort ? "sum_short_rows" : "sum_rows";
  const pipeline = gpu.pipeline({ key: label, label, access: "urw", source: () => linkBack(label) });
  const shape = gpu.uniform([rows, length, into?.first ?? 0, floatWord(scale)]);
  const groups = isShort ? groupsFor(rows) : ([Math.min(rows, LINE), Math.ceil(rows / LINE)] as const);
  gpu.dispatch({ pipeline, bindings: [shape, partial, total], groups, bytes: rows * length * 4 });
  return total;
}

const word = new Uint32Array(1);
const float = new Float32Array(word.buffer);

/** The bits of a float, for a uniform of words. */
export function floatWord(value: number): number {
  float[0] = value;
  return word[0];
}
