// The sums of `resample_scatter` as floats. A thread has every `chunks`-th voxel of a plane.
import package::lib::fixed::{ number_of, unit_of };
import package::tensor::index::THREADS;
import package::volume::look::{ Volume, source_of };

@group(0) @binding(0) var<storage, read> m: array<vec4f>;
@group(0) @binding(1) var<storage, read> extents: array<u32>;
@group(0) @binding(2) var<storage, read> sums: array<i32>;
@group(0) @binding(3) var<storage, read_write> gx: array<f32>;
@group(0) @binding(4) var<uniform> v: Volume;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = global.x + global.y * groups.x * THREADS;
  if (thread >= v.threads) { return; }
  let q = thread / v.chunks;
  let n = q / v.channels;
  let source = source_of(m[4u * n], m[4u * n + 1u], m[4u * n + 2u], m[4u * n + 3u]);
  let unit = unit_of(extents[q]);
  let plane = v.depth * v.height * v.width;
  let upper = v.threads / v.chunks * plane;
  for (var i = thread - q * v.chunks; i < plane; i += v.chunks) {
    let at = q * plane + i;
    gx[at] = select(number_of(sums[upper + at], sums[at], unit), source.nan, source.lost);
  }
}
