import { groupsFor } from "../src/compiler/kernel.ts";
import { empty, type Gpu, type Tensor, zeros } from "../src/index.ts";
import type { Yardstick } from "./cell.ts";
import type { Shape } from "./engine.ts";

const COPY = `
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * 65535u * 64u;
  if (i < arrayLength(&y)) { y[i] = x[i]; }
}`;

/** The yardstick: a kernel that only copies, four floats a thread. */
export function copy(gpu: Gpu, x: Tensor, y: Tensor): void {
  const pipeline = gpu.pipeline({ key: "bench copy", label: "copy", access: "rw", source: () => COPY });
  gpu.dispatch({
    pipeline,
    bindings: [x.storage, y.storage],
    groups: groupsFor(Math.ceil(x.size / 4)),
    bytes: x.byteLength * 2,
  });
}

/** A copy of a batch of f32 that can be run again and again. */
export function copyOf(gpu: Gpu, shape: Shape): Yardstick & { record(): void } {
  const x = zeros(gpu, shape);
  const y = empty(gpu, shape);
  const record = () => copy(gpu, x, y);
  return {
    record,
    issue: () => {
      record();
      return gpu.flush();
    },
    settle: () => gpu.sync(),
    dispose: () => {
      x.dispose();
      y.dispose();
    },
  };
}
