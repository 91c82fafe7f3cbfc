// The gradient of the volume of `resample`, in fixed point: each voxel of the result adds what came to it, times its weights, to the
// voxels that it sees. Whole numbers, so that the order does not matter. A thread has a voxel of the result, in all channels.
import package::lib::fixed::{ dither, scale_of };
import package::tensor::index::THREADS;
import package::volume::look::{ Volume, place, source_of, taps_of, voxel };

// See `resolve`.
override padding: u32 = 0u;
override nearest: bool = false;

@group(0) @binding(0) var<storage, read> m: array<vec4f>;
@group(0) @binding(1) var<storage, read> g: array<f32>;
// The largest magnitude of each plane of g.
@group(0) @binding(2) var<storage, read> extents: array<u32>;
// The lower words of all voxels, then the upper ones.
@group(0) @binding(3) var<storage, read_write> sums: array<atomic<i32>>;
@group(0) @binding(4) var<uniform> v: Volume;

fn add(i: u32, upper: u32, d: i32) {
  let old = atomicAdd(&sums[i], d);
  let sum = old + d;
  // What does not fit has wrapped around, up or down.
  if (((old ^ sum) & (d ^ sum)) < 0) { atomicAdd(&sums[upper + i], select(1, -1, d < 0)); }
}

fn add4(at: u32, upper: u32, index: vec4i, w: vec4f, g: f32, u: f32) {
  let i = vec4u(index) + at;
  let d = vec4i(floor(w * g + u));
  if (w.x != 0.0) { add(i.x, upper, d.x); }
  if (w.y != 0.0) { add(i.y, upper, d.y); }
  if (w.z != 0.0) { add(i.z, upper, d.z); }
  if (w.w != 0.0) { add(i.w, upper, d.w); }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = global.x + global.y * groups.x * THREADS;
  if (thread >= v.threads) { return; }
  let n = thread / v.voxels;
  let i = thread - n * v.voxels;
  let source = source_of(m[4u * n], m[4u * n + 1u], m[4u * n + 2u], m[4u * n + 3u]);
  if (source.lost) { return; }
  let there = place(source, voxel(i, v));
  let taps = taps_of(there, v, padding, nearest);
  let plane = v.depth * v.height * v.width;
  let upper = v.threads / v.voxels * v.channels * plane;
  for (var c = 0u; c < v.channels; c++) {
    let q = n * v.channels + c;
    let scale = scale_of(extents[q]);
    // With no scale, nothing: what is infinite or NaN times 0 would be NaN.
    if (scale.a == 0.0) { continue; }
    let gy = g[q * v.voxels + i] * scale.a * scale.b;
    add4(q * plane, upper, taps.low, taps.low_weight, gy, dither(i));
    add4(q * plane, upper, taps.high, taps.high_weight, gy, dither(i));
  }
}
