// A volume as it is seen through a matrix. A thread has a voxel of the result, in all channels.
import package::tensor::index::THREADS;
import package::volume::look::{ Volume, place, source_of, taps_of, voxel };

// See `resolve`.
override padding: u32 = 0u;
override nearest: bool = false;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> m: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> v: Volume;

// What has no weight is not seen, whatever it is: 0 times NaN is NaN.
fn seen(at: i32, index: vec4i, w: vec4f) -> f32 {
  let i = vec4u(index + at);
  let part = select(vec4f(0.0), w * vec4f(x[i.x], x[i.y], x[i.z], x[i.w]), w != vec4f(0.0));
  return (part.x + part.y) + (part.z + part.w);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = global.x + global.y * groups.x * THREADS;
  if (thread >= v.threads) { return; }
  let n = thread / v.voxels;
  let i = thread - n * v.voxels;
  let source = source_of(m[4u * n], m[4u * n + 1u], m[4u * n + 2u], m[4u * n + 3u]);
  let there = place(source, voxel(i, v));
  let taps = taps_of(there, v, padding, nearest);
  let plane = v.depth * v.height * v.width;
  for (var c = 0u; c < v.channels; c++) {
    let q = n * v.channels + c;
    let at = i32(q * plane);
    let sum = seen(at, taps.low, taps.low_weight) + seen(at, taps.high, taps.high_weight);
    y[q * v.voxels + i] = select(sum, source.nan, source.lost);
  }
}
