// y = the sums of x along an axis up to each place, itself included; or from each place on.
import package::tensor::index::THREADS;

override backward: bool = false;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
// lines, places of each, values from one place to the next
@group(0) @binding(2) var<uniform> u: array<vec4u, 1>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let line = global.x + global.y * groups.x * THREADS;
  if (line >= u[0].x) { return; }
  let start = (line / u[0].z) * u[0].y * u[0].z + line % u[0].z;
  var sum = 0.0;
  for (var k = 0u; k < u[0].y; k++) {
    let at = start + select(k, u[0].y - 1u - k, backward) * u[0].z;
    sum += x[at];
    y[at] = sum;
  }
}
