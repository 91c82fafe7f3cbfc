// The adjoint of `pick`: gx[place] = sum of the gradients of all that took it, in the order of their places in y. A thread
// owns a stretch of the axis, so that no two threads add to one value.
import package::tensor::index::{ THREADS, place_of };

@group(0) @binding(0) var<storage, read> g: array<f32>;
@group(0) @binding(1) var<storage, read> places: array<f32>;
@group(0) @binding(2) var<storage, read_write> gx: array<f32>;
// [0] positions beside the axis, stretches, places of a stretch, size of the axis; [1] size of y's axis, strides of the axis in gx,
// g, places; [2] rank; [3..] for each other dimension its size, and its strides in gx, g, places
@group(0) @binding(3) var<uniform> u: array<vec4u, 11>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = global.x + global.y * groups.x * THREADS;
  if (thread >= u[0].x * u[0].y) { return; }
  let first = (thread / u[0].x) * u[0].z;
  let end = min(first + u[0].z, u[0].w);
  var rest = thread % u[0].x;
  var at = vec3u(0u);
  for (var d = u[2].x; d > 0u; d--) {
    let dimension = u[d + 2u];
    at += (rest % dimension.x) * dimension.yzw;
    rest /= dimension.x;
  }
  for (var k = first; k < end; k++) { gx[at.x + k * u[1].y] = 0.0; }
  for (var k = 0u; k < u[1].x; k++) {
    let place = place_of(places[at.z + k * u[1].w], u[0].w);
    if (place >= first && place < end) {
      let to = at.x + place * u[1].y;
      gx[to] = gx[to] + g[at.y + k * u[1].z];
    }
  }
}
