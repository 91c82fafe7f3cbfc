import { oneOf, readOptions } from "../../gpu/index.ts";
import {
  byteLength,
  checkImage,
  checkShape,
  DTYPES,
  type DType,
  planeStride,
  type Shape,
  show,
} from "../../tensor/index.ts";
import type { Kind, Link, Transform } from "../../transforms/index.ts";
import { kinds, type Making } from "../kinds/index.ts";
import { outputSize } from "../outcome.ts";
import type { Bound, Pass } from "../pass.ts";
import { besideMaking } from "./beside.ts";
import { bind, listOf } from "./bind.ts";
import { PLAN_RULES, type PlanOptions, plan } from "./plan.ts";

/** Options of {@link explain}. */
export interface ExplainOptions extends PlanOptions {
  /** Storage type of the images; `f32` unless given. */
  input?: DType;
}

const RULES = { ...PLAN_RULES, input: oneOf(...DTYPES) };

/** One pass over memory, as {@link explain} tells it. */
export interface PlannedPass {
  /** How it goes over memory: the kind of the transforms that it begins with; `resize` is one that averages. */
  kind: Kind;
  /** Names of the transforms that it applies, in order; or of the one that it makes something for. */
  transforms: readonly string[];
  /** What it makes for the transform to look at besides the image, such as random numbers; of an image, nothing. */
  makes?: string;
  /** Shape before it. */
  input: Shape;
  /** Shape behind it. */
  output: Shape;
  /** Dispatches of the forward pass that go over pixels, and those of the backward one with the gradients of everything. */
  dispatches: { forward: number; backward: number };
  /** Bytes of pixels that the forward pass reads and writes. */
  bytesRead: number;
  /** Bytes of pixels that the forward pass writes. */
  bytesWritten: number;
  /** Bytes kept for the backward pass: the input of the pass and the block of its parameters; 0 for a resize that filters. */
  bytesSaved: number;
  /** How the gradient of the image is made, where there are several ways. */
  gradient?: string;
  /** Transforms that run behind others that follow them in the chain: linear ones, behind means, at no other result. */
  moved: readonly string[];
  /** Why it ends where it ends. */
  ended: string;
}

/** The passes of a chain; printing it gives a table. */
export interface Plan {
  /** In the order in which they run. */
  passes: readonly PlannedPass[];
  /** Bytes that all of them keep for backward. */
  bytesSaved: number;
  /** A table, for people. */
  toString(): string;
}

/**
 * The passes over memory that a chain takes on a batch of this shape, and why each had to end.
 * @param transforms parameters may be anything that `apply` takes for this shape
 */
export function explain(transforms: Link | readonly Link[], shape: Shape, given?: ExplainOptions): Plan {
  const { input = "f32", ...options } = readOptions<ExplainOptions>("explain", given, RULES);
  checkShape(shape);
  checkImage(shape, "shape");
  const bound = bindOutlines(listOf(transforms), shape);
  const planned = plan(bound, shape, input, options);
  const passes = planned.flatMap((pass, i) => [...making(pass, bound), describe(pass, i, planned)]);
  const bytesSaved = passes.reduce((sum, pass) => sum + pass.bytesSaved, 0);
  return { passes, bytesSaved, toString: () => print(passes, bytesSaved) };
}

/** Transforms, bound to images of a shape where nothing is computed: in the place of tensors there may be something of their shape. */
export function bindOutlines(transforms: readonly Transform[], shape: Shape): readonly Bound[] {
  let size = shape;
  return transforms.map((transform) => {
    const made = bind(transform, size[0], size[1], [size[2], size[3]]);
    size = outputSize(made.transform, size);
    return made;
  });
}

/** The passes that make what a field looks through, and those that a composite is made of. */
function making(pass: Pass, bound: readonly Bound[]): readonly PlannedPass[] {
  const { chainsOf, seen } = kinds[pass.kind];
  if (chainsOf) {
    const composite = bound[pass.positions[0]];
    return chainsOf(composite, pass.input).flatMap((chain) =>
      chain.length === 0 ? [] : explain(chain, seen(composite, pass.input)).passes,
    );
  }
  const links = pass.positions.map((at) => bound[at]);
  const [n, , height, width] = pass.output;
  const spread = besideMaking(pass, links, n).map(({ link, making }) => describeMaking(pass.kind, link, making));
  const link = links.find(({ field }) => field !== undefined);
  if (!link) return spread;
  const made = kinds[pass.kind].making?.(links, n) ?? [];
  const { params, options, declaration } = link.transform;
  const through = declaration.field?.through?.({ ...params, ...options }) ?? [];
  return [
    ...spread,
    ...made.map((making) => describeMaking(pass.kind, link, making)),
    ...(through.length > 0 ? explain(through, [n, 2, height, width]).passes : []),
  ];
}

function describeMaking(kind: Kind, { transform }: Bound, { what, from, to, dispatches }: Making): PlannedPass {
  const { name } = transform.declaration;
  return {
    kind,
    transforms: [name],
    makes: what,
    input: [...(from ?? to)],
    output: [...to],
    dispatches: { ...dispatches },
    bytesRead: from ? byteLength(from, "f32") : 0,
    bytesWritten: byteLength(to, "f32"),
    bytesSaved: 0,
    moved: [],
    ended: `${name} looks at it besides the image`,
  };
}

function describe(pass: Pass, at: number, passes: readonly Pass[]): PlannedPass {
  const before = (i: number) =>
    Math.max(-1, ...passes.slice(0, at).flatMap(({ positions }) => positions), ...pass.positions.slice(0, i));
  const kind = kinds[pass.kind];
  const { dispatches, readings = 1, between = 0, image } = kind.cost(pass);
  const block = pass.layout.total * pass.input[0] * 4;
  return {
    kind: pass.kind,
    transforms: pass.links.map(({ transform }) => transform.declaration.name),
    input: [...pass.input],
    output: [...pass.output],
    dispatches: { ...dispatches },
    bytesRead: byteLength(pass.input, pass.inputType) * readings + between,
    bytesWritten: outputBytes(pass) + between,
    bytesSaved: kind.savesInput ? byteLength(pass.input, pass.inputType) + block : 0,
    ...(image === undefined ? {} : { gradient: image }),
    moved: pass.links
      .filter((_, i) => pass.positions[i] < before(i))
      .map(({ transform }) => transform.declaration.name),
    ended: pass.ended,
  };
}

function outputBytes({ output, outputType }: Pass): number {
  return outputType === "f32"
    ? byteLength(output, "f32")
    : output[0] * output[1] * planeStride(output, outputType) * (outputType === "f16" ? 2 : 1);
}

const megabytes = (bytes: number): string =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** A pass in a line, by its place among them: its kind, and what it applies or makes. */
export const titleOf = ({ kind, transforms, makes }: PlannedPass, at: number): string =>
  `${at + 1}. ${kind.padEnd(8)} ${transforms.join(" > ") || "cast"}${makes === undefined ? "" : `: ${makes}`}`;

function print(passes: readonly PlannedPass[], bytesSaved: number): string {
  const lines = passes.map((pass, i) => {
    return [
      titleOf(pass, i),
      `   ${show(pass.input)} -> ${show(pass.output)}, reads ${megabytes(pass.bytesRead)}, writes ${megabytes(pass.bytesWritten)}, saves ${megabytes(pass.bytesSaved)} for backward`,
      ...(pass.gradient ? [`   gradient of the image: ${pass.gradient}`] : []),
      ...(pass.moved.length ? [`   moved behind what they came before: ${pass.moved.join(", ")}`] : []),
      `   ends: ${pass.ended}`,
    ].join("\n");
  });
  return [
    ...lines,
    `${passes.length} ${passes.length === 1 ? "pass" : "passes"}, ${megabytes(bytesSaved)} saved for backward`,
  ].join("\n");
}
