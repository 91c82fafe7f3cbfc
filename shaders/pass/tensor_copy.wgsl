// Copies values between two strided views: broadcasts, transposes, slices, and writes into part of a tensor.
import package::pass::tensor_index::{ PER_GROUP, THREADS, group_index };

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
// [0] n, rank, offset in x, offset in y; [1..2] sizes; [3..4] strides in x; [5..6] strides in y
@group(0) @binding(2) var<uniform> u: array<vec4u, 7>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let base = group_index(id, groups) * PER_GROUP + local;
  for (var k = 0u; k < PER_GROUP; k += THREADS) {
    let i = base + k;
    if (i >= u[0].x) { return; }
    var rest = i;
    var from_x = u[0].z;
    var to_y = u[0].w;
    for (var d = u[0].y; d > 0u; d--) {
      let row = (d - 1u) / 4u;
      let column = (d - 1u) % 4u;
      let size = u[1u + row][column];
      from_x += (rest % size) * u[3u + row][column];
      to_y += (rest % size) * u[5u + row][column];
      rest /= size;
    }
    y[to_y] = x[from_x];
  }
}
