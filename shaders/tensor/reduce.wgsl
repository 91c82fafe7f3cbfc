// One level of a reduction without barriers. The values of one result are cut into blocks; `lanes` threads share a block,
// each taking every `lanes`-th value in order. A thread's result goes to y[result * chunks + chunk]; a further level reduces those.
import package::tensor::index::{ V, THREADS, greater_of, lesser_of };

// 0: sum; 1: max; 2: min
override op: u32 = 0u;

@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
// [0] results, values per result, chunks (threads per result), factor; [1] rank of results, rank of values, lanes, values per block;
// [2..7], [10..15] for each dimension of the results, of the values: size and stride; [9] where x and y start. All of x counts V.
@group(0) @binding(2) var<uniform> u: array<vec4u, 18>;

fn offset(index: u32, rank: u32, first: u32) -> u32 {
  var rest = index;
  var at = 0u;
  for (var d = first + rank; d > first + 1u; d--) {
    let dimension = u[d - 1u];
    at += (rest % dimension.x) * dimension.y;
    rest /= dimension.x;
  }
  return at + rest * u[first].y;
}

fn combine(v: V, w: V) -> V {
  if (op == 0u) { return v + w; }
  if (op == 1u) { return greater_of(v, w); }
  return lesser_of(v, w);
}

@if(wide) fn all_of(v: vec4f) -> f32 {
  if (op == 0u) { return (v.x + v.y) + (v.z + v.w); }
  let across = combine(v, v.yxwz);
  return combine(across, across.zwxy).x;
}
@if(!wide) fn all_of(v: f32) -> f32 { return v; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = global.x + global.y * groups.x * THREADS;
  let chunks = u[0].z;
  if (thread >= u[0].x * chunks) { return; }
  let start = u[9].x + offset(thread / chunks, u[1].x, 2u);
  let chunk = thread % chunks;
  let lanes = u[1].z;
  let block = (chunk / lanes) * u[1].w;
  let first = block + chunk % lanes;
  let end = min(block + u[1].w, u[0].y);
  var total = x[start + offset(first, u[1].y, 10u)];
  if (u[1].y == 1u) {
    let step = u[10].y;
    var at = start + first * step;
    for (var k = first + lanes; k < end; k += lanes) {
      at += lanes * step;
      total = combine(total, x[at]);
    }
  } else {
    for (var k = first + lanes; k < end; k += lanes) { total = combine(total, x[start + offset(k, u[1].y, 10u)]); }
  }
  y[u[9].y + thread] = all_of(total) * bitcast<f32>(u[0].w);
}
