// The matrix of `affine` for each row of parameters, and the gradient of the rows. A thread has a row.
import package::geometry::affine::{ Params, matrix, backward };
import package::lib::frame::Frame;
import package::tensor::index::THREADS;

// 0: the matrices, row by row; 1: the gradient of the parameters
override op: u32 = 0u;

// angle, x, y, scaleX, scaleY, shearX, shearY, centerX, centerY
@group(0) @binding(0) var<storage, read> rows: array<f32>;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
// rows
@group(0) @binding(3) var<uniform> u: vec4u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = global.x + global.y * groups.x * THREADS;
  if (row >= u.x) { return; }
  let k = row * 9u;
  let p = Params(rows[k], rows[k + 1u], rows[k + 2u], rows[k + 3u], rows[k + 4u], rows[k + 5u], rows[k + 6u], rows[k + 7u], rows[k + 8u], false);
  let frame = Frame(0.0, 0.0, 0.0, 0.0);
  if (op == 0u) {
    let m = matrix(p, frame);
    for (var i = 0u; i < 9u; i++) { y[k + i] = m[i % 3u][i / 3u]; }
    return;
  }
  var gp = Params(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, false);
  let gm = mat3x3f(g[k], g[k + 3u], g[k + 6u], g[k + 1u], g[k + 4u], g[k + 7u], g[k + 2u], g[k + 5u], g[k + 8u]);
  backward(p, frame, gm, &gp);
  y[k] = gp.angle;
  y[k + 1u] = gp.x;
  y[k + 2u] = gp.y;
  y[k + 3u] = gp.scaleX;
  y[k + 4u] = gp.scaleY;
  y[k + 5u] = gp.shearX;
  y[k + 6u] = gp.shearY;
  y[k + 7u] = gp.centerX;
  y[k + 8u] = gp.centerY;
}
