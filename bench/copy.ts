import { groupsFor } from "../src/compiler/pixels/kernel.ts";
import { threadsFor } from "../src/compiler/tuning.ts";
import { empty, type Gpu, type Tensor, zeros } from "../src/index.ts";
import type { Yardstick } from "./cell.ts";
import { run, type Shape } from "./engine.ts";
import { alternate } from "./measure.ts";

const COPY = `
@group(0) @binding(0) var<uniform> size: vec4u; // quads, threads
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  var i = id.x + id.y * 65535u * 64u;
  if (i >= size.y) { return; }
  loop {
    y[i] = x[i];
    i += size.y;
    continuing { break if i >= size.x; }
  }
}`;

/** Records a copy of `x` to `y` by so many threads; each copies every `threads`-th quad, as augrad's passes do. */
function record(gpu: Gpu, x: Tensor, y: Tensor, threads: number): void {
  const pipeline = gpu.pipeline({ key: "bench copy", label: "copy", access: "urw", source: () => COPY });
  gpu.dispatch({
    pipeline,
    bindings: [gpu.uniform([quadsOf(x), threads, 0, 0]), x.storage, y.storage],
    groups: groupsFor(threads),
    bytes: x.byteLength * 2,
  });
}

const quadsOf = ({ size }: Tensor): number => Math.ceil(size / 4);

/** A copy of a batch of f32 that can be run again and again. */
export interface Copy extends Yardstick {
  record(): void;
  /** How many quads each thread copies: the fastest found. */
  quads: number;
}

/**
 * The fastest copy of a batch that was found: with one quad a thread, with several, and with as many as augrad's own passes
 * have. On SwiftShader one quad a thread takes 1.2 to 1.5 times as long as the fastest.
 */
export async function copyOf(gpu: Gpu, shape: Shape): Promise<Copy> {
  const x = zeros(gpu, shape);
  const y = empty(gpu, shape);
  const own = Math.round(quadsOf(x) / threadsFor(gpu, quadsOf(x), 1));
  const made = [...new Set([1, 4, 16, own])].map((quads): Copy => {
    const threads = Math.ceil(quadsOf(x) / quads);
    return {
      quads,
      record: () => record(gpu, x, y, threads),
      issue: () => {
        record(gpu, x, y, threads);
        return gpu.flush();
      },
      settle: () => gpu.sync(),
      dispose: () => {
        x.dispose();
        y.dispose();
      },
    };
  });
  return fastest(made);
}

/** Repeats per timing, and timings of each: enough to tell copies apart that differ by a tenth. */
const [REPEATS, ROUNDS] = [8, 7];

async function fastest(copies: readonly Copy[]): Promise<Copy> {
  const turns = Object.fromEntries(copies.map((copy) => [copy.quads, { run: () => run(copy, REPEATS), runs: ROUNDS }]));
  await alternate(turns, 1);
  const costs = await alternate(turns, ROUNDS);
  const time = ({ quads }: Copy) => costs[quads].wall.median;
  return copies.reduce((best, copy) => (time(copy) < time(best) ? copy : best));
}
