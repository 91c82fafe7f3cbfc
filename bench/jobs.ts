/** What a benchmark consists of: jobs, plain values that can cross into a page. */
import { catalogue } from "./catalogue.ts";
import { chains } from "./chains.ts";
import type { Mode, Shape } from "./engine.ts";
import { every } from "./every.ts";
import { series } from "./scaling.ts";

export type Job =
  | { kind: "cell"; work: string; mode: Mode; shape: Shape; onGpu?: boolean }
  | { kind: "copies"; chain: string; shape?: Shape }
  /** The same for one transform of the registry. */
  | { kind: "transform"; chain: string; shape?: Shape }
  | { kind: "scaling"; series: string };

/** What was asked for. */
export interface Choice {
  /** Only jobs whose name contains one of these, which commas part. */
  only?: string;
  /** Instead of the works' own shapes. */
  shape?: Shape;
  /** Also every cell at {@link SMALL}. */
  small?: boolean;
}

/** Small enough that what a launch costs is all that shows. */
export const SMALL: Shape = [8, 3, 32, 32];

/** "colour both 4x3x224x224", "copies: affine, bilinear", "transform: rotate", "scaling: pixels". */
export function jobName(job: Job): string {
  if (job.kind === "cell") return `${job.work} ${job.mode} ${job.shape.join("x")}`;
  if (job.kind === "scaling") return `scaling: ${job.series}`;
  return job.kind === "copies" ? `copies: ${job.chain}` : job.chain;
}

/** The jobs of a benchmark, in order: first what has to come first in a process, then what the peers do too. */
export function jobsOf({ only, shape, small }: Choice): Job[] {
  const scaling: Job[] = Object.keys(series).map((id) => ({ kind: "scaling", series: id }));
  const cells: Job[] = catalogue.flatMap((work) => {
    const shapes = [shape ?? work.shape, ...(small ? [SMALL] : []), ...(work.large && !shape ? [work.large] : [])];
    return shapes.flatMap((size) =>
      work.modes.map((mode): Job => {
        const cell = { kind: "cell", work: work.id, mode, shape: size } as const;
        return size === work.large ? { ...cell, onGpu: true } : cell;
      }),
    );
  });
  const copies: Job[] = chains.map(({ name }) => ({ kind: "copies", chain: name, ...(shape && { shape }) }));
  const transforms: Job[] = every.map(({ name }) => ({ kind: "transform", chain: name, ...(shape && { shape }) }));
  const all = [scaling[0], ...cells, ...copies, ...scaling.slice(1), ...transforms];
  return only ? all.filter((job) => partsOf(only).some((part) => contains(job, part))) : all;
}

const contains = (job: Job, part: string): boolean => jobName(job).toLowerCase().includes(part);

const partsOf = (only: string): string[] =>
  only
    .toLowerCase()
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);

/** The first part of `only` that no job's name contains. */
export function unknownPart(choice: Choice): string | undefined {
  const all = jobsOf({ ...choice, only: undefined });
  const parts = partsOf(choice.only ?? "");
  if (choice.only !== undefined && parts.length === 0) return choice.only;
  return parts.find((part) => !all.some((job) => contains(job, part)));
}

/** Names that `only` can pick from, without shapes. */
export const jobTopics = (): string[] => [
  ...catalogue.map(({ id }) => id),
  ...chains.map(({ name }) => `copies: ${name}`),
  ...Object.keys(series).map((id) => `scaling: ${id}`),
  "transform: and the name of one, or transform for all",
];
