// The matrix of `perspective`, its last element 1, for each row of points, and the gradient of the rows. A thread has a row.
import package::geometry::perspective::{ Params, matrix, backward };
import package::lib::frame::Frame;
import package::tensor::index::THREADS;

// 0: the matrices, row by row; 1: the gradient of the points
override op: u32 = 0u;

// Four points of the source, four of the result: x0, y0, …
@group(0) @binding(0) var<storage, read> rows: array<f32>;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
// rows
@group(0) @binding(3) var<uniform> u: vec4u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = global.x + global.y * groups.x * THREADS;
  if (row >= u.x) { return; }
  let start = row * 16u;
  let at = row * 9u;
  var p: Params;
  for (var i = 0u; i < 8u; i++) {
    p.startPoints[i] = rows[start + i];
    p.endPoints[i] = rows[start + 8u + i];
  }
  let frame = Frame(0.0, 0.0, 0.0, 0.0);
  let m = matrix(p, frame);
  let last = 1.0 / m[2].z;
  if (op == 0u) {
    for (var i = 0u; i < 8u; i++) { y[at + i] = m[i % 3u][i / 3u] * last; }
    // NaN where the points have no such map.
    y[at + 8u] = 1.0 + 0.0 * last;
    return;
  }
  // n = m / m₈:  gm = g / m₈, and −Σ g n / m₈ for the last element
  var gm = mat3x3f();
  var sum = 0.0;
  for (var i = 0u; i < 8u; i++) {
    gm[i % 3u][i / 3u] = g[at + i] * last;
    sum += g[at + i] * m[i % 3u][i / 3u];
  }
  gm[2].z = -sum * last * last;
  var gp: Params;
  backward(p, frame, gm, &gp);
  for (var i = 0u; i < 8u; i++) {
    y[start + i] = gp.startPoints[i];
    y[start + 8u + i] = gp.endPoints[i];
  }
}
