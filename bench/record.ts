/** What `npm run bench` writes. `record.schema.json` says the same to other programs, which may write such records too. */
import type { Mode, Shape } from "./engine.ts";
import type { Timing } from "./measure.ts";

/** Version of the format; a change that breaks readers gets a new one. */
export const FORMAT = 1;

/** A benchmark on one machine. */
export interface BenchRecord {
  $schema?: string;
  format: typeof FORMAT;
  /** ISO 8601. */
  date: string;
  /** Version of augrad. */
  augrad: string;
  /** The processor of the machine, in words. */
  processor: string;
  environments: Environment[];
  engines: EngineInfo[];
  rows: Row[];
  copies: CopiesRow[];
  roofline: Roofline[];
  scaling: Scaling[];
  /** What augrad has to reach, and how far this record got; absent in records of other programs. */
  goals?: GoalRow[];
  /** What went wrong or was left out, a sentence each. */
  problems: string[];
}

/** Where something ran. */
export interface Environment {
  /** `browser`, `node`, `page` (somebody's own browser), `python`, or another word; rows refer to it. */
  where: string;
  /** "Chrome 147.0.7727.0", "Node 20.20.2", "Python 3.12, torch 2.9". */
  runtime: string;
  device: DeviceInfo;
}

export interface DeviceInfo {
  description: string;
  vendor?: string;
  architecture?: string;
  /** Whether the "GPU" is a program on the processor. */
  software: boolean;
}

export interface EngineInfo {
  name: string;
  version: string;
  where: string;
}

/** One engine on one cell. `wall` is there if and only if it was measured. */
export interface Row {
  where: string;
  /** An id of the catalogue. */
  work: string;
  mode: Mode;
  shape: Shape;
  /** `copy` is a kernel that only copies the batch: it took turns with the engines, as a yardstick. */
  engine: string;
  /** Milliseconds on the clock, from the call until the device has finished. */
  wall?: Timing;
  /** Milliseconds per run of a loop that waits for the device at its end only, as training does. */
  stream?: Timing;
  /** Milliseconds of the processor in this process, where the "GPU" is a program on it. */
  processor?: Timing;
  /** Milliseconds of the first call, compiling included. */
  first?: number;
  /** Calls of WebGPU in one steady run; absent where the engine does not use WebGPU. */
  counts?: Counts;
  /** How its result compares with the others'. */
  check?: Check;
  /** Why there is no figure, or what is to be known about it. */
  problem?: string;
}

/** Calls of WebGPU. */
export interface Counts {
  dispatches: number;
  submissions: number;
  /** Buffers made. */
  buffers: number;
  bindGroups: number;
  pipelines: number;
}

export interface Check {
  /** The engine that it was compared with. */
  against: string;
  agrees: boolean;
  /** What was compared and how far it was apart, in a sentence. */
  text: string;
  /** By name (`y`, `x` and the learned parameters): share of the values beyond the tolerance, and the mean difference relative to the mean magnitude. */
  differences: Record<string, { beyond: number; mean: number }>;
}

/** A chain of augrad in multiples of the time of a copy of the same bytes. */
export interface CopiesRow {
  where: string;
  work: string;
  mode: Mode;
  shape: Shape;
  /** `device`: the passes alone, by a GPU's own clock. `wall`, if absent: from the call until the device has finished. */
  clock?: "wall" | "device";
  wall: Timing;
  processor?: Timing;
  /** The copies that took turns with it. */
  copy: { wall: Timing; processor?: Timing };
  /** Multiples of a copy, by the processor where it is there, else by the clock. */
  copies: number;
  /** Beside the device's clock: milliseconds per run of a loop of a few hundred that waits at its end, and the same for copies. */
  loop?: { wall: Timing; copy: Timing; copies: number };
  /** Allowed multiples, for the batch that they are for: 4x3x224x224 on SwiftShader, 128x3x256x256 on a GPU. */
  limit?: number;
  /** Other libraries that can do the transform, in turns with augrad and a copy. */
  beside?: BesideRow[];
}

/** What another library takes for a transform: figures, or a sentence. */
export interface BesideRow {
  engine: string;
  /** Milliseconds per run of a loop that waits at its end only. */
  wall?: Timing;
  /** Multiples of a copy in the same turns. */
  copies?: number;
  /** How many times as long as augrad it takes, in the same turns: more than 1 where augrad is faster. */
  times?: number;
  /** How its result compares with augrad's, in a sentence. */
  check?: string;
  /** Why there is no figure. */
  problem?: string;
}

/** A goal, and how far augrad got. */
export interface GoalRow {
  where: string;
  work: string;
  mode: Mode;
  shape: Shape;
  /** The engine that augrad is to be faster than. */
  against: string;
  /** How many times as long as augrad it has to take. */
  wanted: number;
  /** How many times as long it takes, in single runs that are waited for. */
  single: number;
  /** The same in a loop that waits at its end only. */
  loop?: number;
  /** The same for a kernel that only copies the batch: more is not to be had. */
  most?: number;
  /** Whether `single` or `loop` is at least `wanted`. */
  isMet: boolean;
  /** What was tried where it is not. */
  tried?: string;
}

/** augrad's passes in one run of a cell, beside a copy. */
export interface Roofline {
  where: string;
  work: string;
  mode: Mode;
  shape: Shape;
  /** Bytes kept for the backward pass. */
  bytesSaved: number;
  /** Milliseconds of JavaScript per run: until everything is submitted, without waiting for the device. */
  javascript: Timing;
  /** The forward passes as planned. */
  planned: { kind: string; transforms: readonly string[]; bytesRead: number; bytesWritten: number }[];
  /** Every dispatch that moves bytes; times where the device has `timestamp-query`. */
  passes?: PassRow[];
  /** The copy of the batch, by the same clock. */
  copy?: { bytes: number; milliseconds: number };
}

export interface PassRow {
  label: string;
  /** Read and written, as the pass declares them. */
  bytes: number;
  /** Median of several runs; absent where the device's clock gave nothing. */
  milliseconds?: number;
}

/** A series of measurements of augrad along one axis. */
export interface Scaling {
  where: string;
  /** `pixels`, `chain`, `storage`, `shapes`, `compile` or `steady`. */
  id: string;
  title: string;
  /** What `x` of a point counts. */
  x: string;
  /** Unit of `value`. */
  unit: string;
  /** What was left out, or how it is meant. */
  note?: string;
  points: ScalingPoint[];
}

export interface ScalingPoint {
  /** Which line of the plot it belongs to. */
  line: string;
  x: number | string;
  value: number;
  /** Quartiles of `value` and the number of runs, where it is a median. */
  quartiles?: [number, number];
  runs?: number;
}

/** A part of a record, as one job gives it. */
export type Part = Partial<Pick<BenchRecord, "rows" | "copies" | "roofline" | "scaling" | "problems">>;

/** Adds a part's rows to a record. */
export function append(record: BenchRecord, part: Part): void {
  record.rows.push(...(part.rows ?? []));
  record.copies.push(...(part.copies ?? []));
  record.roofline.push(...(part.roofline ?? []));
  record.scaling.push(...(part.scaling ?? []));
  record.problems.push(...(part.problems ?? []));
}

/** What the work of a row of copies is called before the name of a single transform. */
export const EVERY = "transform: ";
