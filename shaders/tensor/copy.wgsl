// Copies values between two strided views: broadcasts, transposes, slices, and writes into part of a tensor.
import package::tensor::index::{ PER_GROUP, THREADS, group_index };

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
// [0] n, rank, offset in x, offset in y; [1..] for each dimension its size, stride in x, stride in y
@group(0) @binding(2) var<uniform> u: array<vec4u, 9>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let base = group_index(id, groups) * PER_GROUP + local;
  for (var k = 0u; k < PER_GROUP; k += THREADS) {
    let i = base + k;
    if (i >= u[0].x) { return; }
    var rest = i;
    var at = u[0].zw;
    for (var d = u[0].y; d > 0u; d--) {
      let dimension = u[d];
      at += (rest % dimension.x) * dimension.yz;
      rest /= dimension.x;
    }
    y[at.y] = x[at.x];
  }
}
