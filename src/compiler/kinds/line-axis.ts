/** One axis of a line: its kernels, how threads share it, and what the border adds to its transpose. */
import windowTableWgsl from "../../../shaders/pass/window_table.wgsl";
import {
  type Gpu,
  linkShader,
  type Pipeline,
  type PipelineRequest,
  type Storage,
  type Wgsl,
  withShaders,
} from "../../gpu/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { codeId, modulePath, userModule } from "../identity.ts";
import { gateOf } from "../pack/layout.ts";
import { type Pass, perPass } from "../pass.ts";
import { groupsFor, sumRows } from "../pixels/kernel.ts";
import { pointsOf, userModules } from "../pixels/work.ts";
import { chainModule } from "../pixels/written.ts";
import { blockFor, pairsUp, placesOf, threadsFor } from "../tuning.ts";
import type { BlockSpec } from "./line-wgsl.ts";
import { padConditions } from "./row.ts";

const blockModule = async (spec: BlockSpec) => (await withShaders(import("./line-wgsl.ts"))).blockModule(spec);

/** The axes of a separable window, x first. */
export const X = 0;
export const Y = 1;

const sizeOf = (pass: Pass, axis: number): number => {
  const [height, width] = pass.links[0].transform.options.kernelSize as [number, number];
  return axis === X ? width : height;
};

/** A window of even size looks one pixel farther to the right, or below, than to the other side: there its weight is 0. */
const radiusOf = (pass: Pass, axis: number): number => sizeOf(pass, axis) >> 1;

const tapsOf = (pass: Pass, axis: number): number => 2 * radiusOf(pass, axis) + 1;

/** Places of a row of the table: the weights of either axis. */
const rowOf = (pass: Pass): number => Math.max(placesOf(tapsOf(pass, X)), placesOf(tapsOf(pass, Y)));

/** Neighbouring pixels of a line that a thread works on. */
const blockOf = (gpu: Gpu, pass: Pass, axis: number): number => blockFor(gpu, tapsOf(pass, axis));

/** The same where the border's part of the transpose is added: nobody needs more than a radius of it. */
const foldBlockOf = (gpu: Gpu, pass: Pass, axis: number): number =>
  Math.min(blockOf(gpu, pass, axis), Math.max(4, 4 * Math.ceil(radiusOf(pass, axis) / 4)));

/** Weights, and turned around both they and their derivatives: `[N][axis][3][places]`. */
export function makeTable(gpu: Gpu, pass: Pass, block: Tensor): Storage {
  const [n] = pass.input;
  const places = rowOf(pass);
  const table = gpu.allocate(n * 2 * 3 * places * 4);
  const module = modulePath(pass.links[0]);
  const { declaration } = pass.links[0].transform;
  const { wgsl, name } = declaration;
  const pipeline = gpu.pipeline({
    key: `window_table|${name}#${codeId(declaration)}`,
    label: `window_table: ${name}`,
    access: "urw",
    source: () =>
      linkShader(windowTableWgsl, {
        modules: {
          "generated::window": `import package::${module} as w;\nfn weight(t: f32, s: f32) -> f32 { return w::weight(t, s); }\nfn slope(t: f32, s: f32) -> f32 { return w::slope(t, s); }\n`,
          ...(wgsl ? { [userModule(declaration)]: wgsl } : {}),
        },
      }),
  });
  const on = (gateOf(pass.layout, 0)?.offset ?? -1) + 1;
  const even = [X, Y].map((axis) => 1 - (sizeOf(pass, axis) % 2));
  const shape = gpu.uniform([n, places, radiusOf(pass, X), radiusOf(pass, Y), on, ...even]);
  gpu.dispatch({ pipeline, bindings: [shape, block.storage, table], groups: groupsFor(n * 2) });
  return table;
}

const lengthOf = ({ input }: Pass, axis: number): number => input[axis === X ? 3 : 2];

/** Whether no pixel is read from farther outside than the image is wide. */
function isNear(pass: Pass, axis: number, size: number): boolean {
  const [length, radius] = [lengthOf(pass, axis), radiusOf(pass, axis)];
  const last = Math.ceil(length / size) * size - 1 + placesOf(tapsOf(pass, axis)) - 1 - radius;
  return radius < length && last - (length - 1) < length;
}

/** Whether what the border adds to the transpose has a pass of its own. */
const folds = (pass: Pass, axis: number): boolean =>
  radiusOf(pass, axis) < lengthOf(pass, axis) && pass.padding !== "zeros" && pass.padding !== "border";

interface Kernel {
  root: "window_line" | "window_adjoint" | "window_fold";
  axis: number;
  /** Whether the image along the line is written, and whether the gradient of the width is summed. */
  saves: boolean;
  width: boolean;
}

/** Whether the points that follow run beside an axis: the last one forward, the first one backward. */
const hasTail = (pass: Pass, axis: number): boolean => axis === Y && pass.links.length > pass.heads;

/** The chain of the points that follow, and how it finds its parameters. */
function tailModules(pass: Pass, backward: boolean): Record<string, Wgsl | Promise<Wgsl>> {
  const spec = { points: pointsOf(pass), layout: pass.layout, channels: pass.input[1] };
  return {
    ...userModules(pass),
    "generated::io": `import package::lib::window::{ line, params };
fn param(slot: u32, n: u32) -> f32 { return params[slot * (line.outer / line.per_sample) + n]; }
`,
    "generated::chain": chainModule(backward ? { ...spec, wanted: [] } : spec),
  };
}

/** The pipelines' keys of a pass, by kernel: every step asks for several, and all that they say is the pass's. */
const keysOf = perPass((): Map<string, string> => new Map());

function pipelineFor(gpu: Gpu, pass: Pass, kernel: Kernel): Pipeline {
  const { root, axis, saves, width } = kernel;
  const name = `${root}${axis}${saves}${width}${gpu.info.software}`;
  const key = keysOf(pass).get(name);
  const known = key === undefined ? undefined : gpu.knownPipeline(key);
  if (known) return known;
  const request = requestOf(gpu, pass, kernel);
  keysOf(pass).set(name, request.key);
  return gpu.pipeline(request);
}

function requestOf(gpu: Gpu, pass: Pass, { root, axis, saves, width }: Kernel): PipelineRequest {
  const names = hasTail(pass, axis) ? pass.links : pass.links.slice(0, 1);
  const taps = tapsOf(pass, axis);
  const block = root === "window_fold" ? foldBlockOf(gpu, pass, axis) : blockOf(gpu, pass, axis);
  const near = isNear(pass, axis, block);
  const apart = root === "window_fold" && borderOf(gpu, pass, axis).apart;
  const tail = hasTail(pass, axis);
  const coin = pass.links[0].gate === "coin";
  const even = sizeOf(pass, axis) % 2 === 0;
  const { flat = false, symmetric = false } = pass.links[0].transform.declaration;
  const inPairs = symmetric && !even && pairsUp(taps);
  return {
    key: `${root}|${block}|${coin}|${even}|${flat}|${inPairs}|${apart}|${pass.padding}|${taps}|${near}|${folds(pass, axis)}|${saves}|${width}|${tail ? pass.key : ""}`,
    label: `${root}: ${names.map(({ transform }) => transform.declaration.name).join(" > ")}`,
    access: `${width ? "urrwrw" : "urrw"}${tail ? "r" : ""}`,
    source: () =>
      linkShader(`pass::${root}`, {
        conditions: {
          ...padConditions(pass.padding),
          near,
          apart,
          tail,
          folds: folds(pass, axis),
          adjoint: root !== "window_line",
          coin,
          line_gradient: saves,
          width_gradient: width,
        },
        modules: {
          "generated::block": blockModule({ taps, block, derivatives: width, coin, even, flat, inPairs }),
          ...(tail ? tailModules(pass, root !== "window_line") : {}),
        },
      }),
  };
}

/** Blocks of a sample: what a thread works on. */
function blocksOf(gpu: Gpu, pass: Pass, axis: number): number {
  const [, c, h, w] = pass.input;
  const size = blockOf(gpu, pass, axis);
  return axis === X ? c * h * Math.ceil(w / size) : c * w * Math.ceil(h / size);
}

/** Blocks of a line within a radius of its ends, and whether none of them is near both ends. */
function borderOf(gpu: Gpu, pass: Pass, axis: number): { blocks: number; apart: boolean } {
  const [radius, length, size] = [radiusOf(pass, axis), lengthOf(pass, axis), foldBlockOf(gpu, pass, axis)];
  const blocks = Math.ceil(length / size);
  const left = Math.min(Math.floor(radius / size) + 1, blocks);
  const right = blocks - Math.max(Math.floor((length - 1 - radius) / size), left);
  return { blocks: left + right, apart: left * size < length - radius };
}

/** The image seen along an axis, as words of the `Line` uniform. */
function lineWords(pass: Pass, axis: number, threads = 0, sums = 0, first = 0): number[] {
  const [n, c, h, w] = pass.input;
  const view = axis === X ? [n * c * h, w, 1, c * h] : [n * c, h, w, c];
  return [...view, axis, rowOf(pass), radiusOf(pass, axis), threads, sums, first];
}

/** A window along an axis, and the points that follow where it is the last one. */
export function along(
  gpu: Gpu,
  pass: Pass,
  axis: number,
  table: Storage,
  from: Storage,
  block: Tensor,
  to?: Storage,
): Storage {
  const [n, c, h, w] = pass.input;
  const size = n * c * h * w;
  const target = to ?? gpu.allocate(size * 4);
  const pipeline = pipelineFor(gpu, pass, { root: "window_line", axis, saves: true, width: false });
  const shape = gpu.uniform(lineWords(pass, axis));
  gpu.dispatch({
    pipeline,
    bindings: [shape, table, from, target, ...(hasTail(pass, axis) ? [block.storage] : [])],
    groups: groupsFor(n * blocksOf(gpu, pass, axis)),
    bytes: size * 8,
  });
  return target;
}

/** Where the gradient of an axis's width comes from and goes to. */
export interface Width {
  /** The image before that axis. */
  before: Storage;
  totals: Storage;
  row: number;
}

/** The transpose along an axis, and the gradient of the axis's width. */
export function adjoint(
  gpu: Gpu,
  pass: Pass,
  axis: number,
  table: Storage,
  gradient: Storage,
  block: Tensor,
  saves: boolean,
  width: Width | null,
): Storage | null {
  if (!saves && !width) return null;
  const [n, c, h, w] = pass.input;
  const size = n * c * h * w;
  const threads = threadsFor(gpu, blocksOf(gpu, pass, axis), n);
  const border = folds(pass, axis) ? c * (axis === X ? h : w) * borderOf(gpu, pass, axis).blocks : 0;
  // Where nothing is saved, something has to be bound all the same.
  const to = gpu.allocate(saves ? size * 4 : 4);
  const sums = width && gpu.allocate(n * (threads + border) * 4);
  const run = (root: Kernel["root"], groups: [number, number], first: number, bytes: number) =>
    gpu.dispatch({
      pipeline: pipelineFor(gpu, pass, { root, axis, saves, width: width !== null }),
      bindings: [
        gpu.uniform(lineWords(pass, axis, threads, threads + border, first)),
        table,
        gradient,
        to,
        ...(width && sums ? [width.before, sums] : []),
        ...(hasTail(pass, axis) ? [block.storage] : []),
      ],
      groups,
      bytes,
    });
  run("window_adjoint", groupsFor(n * threads), 0, size * (4 + (saves ? 4 : 0) + (width ? 4 : 0)));
  const folded = Math.min(size, n * border * foldBlockOf(gpu, pass, axis));
  if (border) run("window_fold", groupsFor(n * border), threads, folded * (4 + (saves ? 8 : 0) + (width ? 4 : 0)));
  if (width && sums) {
    sumRows(gpu, sums, n, threads + border, 1, { total: width.totals, first: width.row * n });
    sums.release();
  }
  if (saves) return to;
  to.release();
  return null;
}
