// y[batch, i, j] = sum over k of a[batch, i, k] * b[batch, k, j]; a and b are strided, so that transposes need no copy.
import package::tensor::index::{ THREADS };

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
// [0] values of y, rows, columns, inner size; [1] strides of a's rows and columns, of b's; [2] batch sizes; [3], [4], [5] batch
// strides of a, b, y; [6] where a, b, y start, stride of y's rows; [7] 1 to add to what is in y
@group(0) @binding(3) var<uniform> u: array<vec4u, 8>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = global.x + global.y * groups.x * THREADS;
  if (i >= u[0].x) { return; }
  let column = i % u[0].z;
  let row = (i / u[0].z) % u[0].y;
  var rest = i / (u[0].z * u[0].y);
  var at_a = u[6].x + row * u[1].x;
  var at_b = u[6].y + column * u[1].w;
  var at_y = u[6].z + row * u[6].w + column;
  for (var d = 4u; d > 0u; d--) {
    let size = u[2][d - 1u];
    at_a += (rest % size) * u[3][d - 1u];
    at_b += (rest % size) * u[4][d - 1u];
    at_y += (rest % size) * u[5][d - 1u];
    rest /= size;
  }
  var total = 0.0;
  if (u[7].x == 1u) { total = y[at_y]; }
  for (var k = 0u; k < u[0].w; k++) {
    total = fma(a[at_a], b[at_b], total);
    at_a += u[1].y;
    at_b += u[1].z;
  }
  y[at_y] = total;
}
