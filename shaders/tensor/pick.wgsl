// y = x at the places that `places` names along one axis, by broadcasting; NaN where it names none.
import package::tensor::index::{ PER_GROUP, THREADS, group_index, place_of, not_a_number };

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> places: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
// [0] n, rank, size of the axis, its stride in x; [2..] for each dimension of y its size, stride in x (0 for the axis), in `places`
@group(0) @binding(3) var<uniform> u: array<vec4u, 10>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let base = group_index(id, groups) * PER_GROUP + local;
  for (var k = 0u; k < PER_GROUP; k += THREADS) {
    let i = base + k;
    if (i >= u[0].x) { return; }
    var rest = i;
    var at = vec2u(0u);
    for (var d = u[0].y; d > 0u; d--) {
      let dimension = u[d + 1u];
      at += (rest % dimension.x) * dimension.yz;
      rest /= dimension.x;
    }
    let place = place_of(places[at.y], u[0].z);
    if (place < u[0].z) {
      y[i] = x[at.x + place * u[0].w];
    } else {
      y[i] = not_a_number();
    }
  }
}
