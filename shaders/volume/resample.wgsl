// A volume as it is seen through a matrix. A thread has a voxel of the result, in all channels.
import package::tensor::index::THREADS;
import package::volume::look::{ Volume, corner, place, source_of, taps_of, voxel };

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> m: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> v: Volume;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = global.x + global.y * groups.x * THREADS;
  if (thread >= v.threads) { return; }
  let n = thread / v.voxels;
  let i = thread - n * v.voxels;
  let source = source_of(m[4u * n], m[4u * n + 1u], m[4u * n + 2u], m[4u * n + 3u]);
  let there = place(source, voxel(i, v));
  var taps = taps_of(there, corner(there, v), v, v.nearest != 0u);
  let plane = v.depth * v.height * v.width;
  for (var c = 0u; c < v.channels; c++) {
    let at = (n * v.channels + c) * plane;
    var sum = 0.0;
    for (var k = 0u; k < 8u; k++) {
      // What has no weight is not seen, whatever it is: 0 times NaN is NaN.
      if (taps.weight[k] != 0.0) { sum += taps.weight[k] * x[at + u32(taps.index[k])]; }
    }
    y[(n * v.channels + c) * v.voxels + i] = select(sum, source.nan, source.lost);
  }
}
