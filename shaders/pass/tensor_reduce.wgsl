// One level of a reduction without barriers: a thread takes every `chunks`-th value of what becomes one result, in order.
// Its partial result goes to y[result * chunks + chunk]; a further level reduces those.
import package::pass::tensor_index::{ PER_GROUP, THREADS, group_index };

// 0: sum; 1: max; 2: min
override op: u32 = 0u;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
// [0] results, values per result, chunks, factor; [1] rank of results, rank of values;
// [2..3], [4..5] sizes and strides of results; [6..7], [8..9] sizes and strides of values
@group(0) @binding(2) var<uniform> u: array<vec4u, 10>;

fn offset(index: u32, rank: u32, sizes: u32) -> u32 {
  var rest = index;
  var at = 0u;
  for (var d = rank; d > 1u; d--) {
    let row = sizes + (d - 1u) / 4u;
    let column = (d - 1u) % 4u;
    let size = u[row][column];
    at += (rest % size) * u[row + 2u][column];
    rest /= size;
  }
  return at + rest * u[sizes + 2u].x;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = global.x + global.y * groups.x * THREADS;
  let chunks = u[0].z;
  if (thread >= u[0].x * chunks) { return; }
  let start = offset(thread / chunks, u[1].x, 2u);
  let first = thread % chunks;
  var total = x[start + offset(first, u[1].y, 6u)];
  for (var k = first + chunks; k < u[0].y; k += chunks) {
    let v = x[start + offset(k, u[1].y, 6u)];
    if (op == 0u) {
      total += v;
    } else if (op == 1u) {
      total = max(total, v);
    } else {
      total = min(total, v);
    }
  }
  y[thread] = total * bitcast<f32>(u[0].w);
}
