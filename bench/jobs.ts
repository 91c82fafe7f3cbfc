/** What a benchmark consists of: jobs, plain values that can cross into a page. */
import { catalogue } from "./catalogue.ts";
import { chains } from "./chains.ts";
import { COMPARED_SHAPE, compared } from "./compared.ts";
import type { Mode, Shape } from "./engine.ts";
import { every } from "./every.ts";
import { series } from "./scaling.ts";

export type Job =
  | { kind: "cell"; work: string; mode: Mode; shape: Shape; onGpu?: boolean }
  | { kind: "copies"; chain: string; shape?: Shape }
  /** The same for one transform of the registry. */
  | { kind: "transform"; chain: string; shape?: Shape }
  /** A transform that Kornia has too, augrad alone: its record is laid beside that of bench/peers/python. */
  | { kind: "against"; transform: string; mode: Mode; shape: Shape }
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

const MODES = ["forward", "both"] as const;

/** Small enough that what a launch costs is all that shows. */
export const SMALL: Shape = [8, 3, 32, 32];

/** "colour both 4x3x224x224", "copies: affine, bilinear", "transform: rotate", "against: rotate both", "scaling: pixels". */
export function jobName(job: Job): string {
  if (job.kind === "cell") return `${job.work} ${job.mode} ${job.shape.join("x")}`;
  if (job.kind === "against") return `against: ${job.transform} ${job.mode}`;
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
  // Of use beside another program's record only, so that it has to be asked for.
  const against = Object.keys(compared).flatMap((transform) =>
    MODES.map((mode): Job => ({ kind: "against", transform, mode, shape: shape ?? COMPARED_SHAPE })),
  );
  if (only && partsOf(only).some((part) => part.startsWith("against")))
    return against.filter((job) => partsOf(only).some((part) => contains(job, part)));
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
  const all: Job[] = [...jobsOf({ ...choice, only: undefined }), ...jobsOf({ ...choice, only: "against" })];
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
  "against: and the name of a transform that Kornia has too, or against for all of them",
];
