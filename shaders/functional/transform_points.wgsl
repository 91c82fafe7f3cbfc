// Points of D coordinates through projective maps, y = h / w with (h, w) = M (p, 1), and their gradients:
// dh = g / w, dw = −(g · h) / w². Where w is 0, y is h, and w has no gradient. Further columns of a row stay.
import package::tensor::index::THREADS;

// 0: the points, a thread each; 1: their gradient; 2: that of the matrices, a thread for each element and so many points
override op: u32 = 0u;

struct Sizes { samples: u32, points: u32, d: u32, matrix_step: u32, point_step: u32, chunks: u32, chunk: u32, threads: u32, columns: u32 }

@group(0) @binding(0) var<storage, read> matrices: array<f32>;
@group(0) @binding(1) var<storage, read> points: array<f32>;
@group(0) @binding(2) var<storage, read> g: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<uniform> u: Sizes;

// Where the matrix, the point and its gradient begin.
struct Place { m: u32, p: u32, g: u32 }

fn place_of(n: u32, k: u32) -> Place {
  return Place(n * u.matrix_step, n * u.point_step + k * u.columns, (n * u.points + k) * u.columns);
}

// Row r of M times (p, 1).
fn row_of(at: Place, r: u32) -> f32 {
  let first = at.m + r * (u.d + 1u);
  var sum = matrices[first + u.d];
  for (var j = 0u; j < u.d; j++) { sum += matrices[first + j] * points[at.p + j]; }
  return sum;
}

fn divisor_of(at: Place) -> f32 {
  let w = row_of(at, u.d);
  return select(w, 1.0, w == 0.0);
}

// The gradient of row r of M (p, 1); `divisor` is that of the point.
fn row_gradient(at: Place, r: u32, divisor: f32) -> f32 {
  if (r < u.d) { return g[at.g + r] / divisor; }
  if (row_of(at, u.d) == 0.0) { return 0.0; }
  var sum = 0.0;
  for (var i = 0u; i < u.d; i++) { sum += g[at.g + i] * row_of(at, i); }
  return -sum / (divisor * divisor);
}

fn move_point(at: Place) {
  let divisor = divisor_of(at);
  for (var i = 0u; i < u.d; i++) { y[at.g + i] = row_of(at, i) / divisor; }
  for (var i = u.d; i < u.columns; i++) { y[at.g + i] = points[at.p + i]; }
}

fn pull_point(at: Place) {
  let divisor = divisor_of(at);
  for (var j = 0u; j < u.d; j++) { y[at.g + j] = 0.0; }
  for (var j = u.d; j < u.columns; j++) { y[at.g + j] = g[at.g + j]; }
  for (var r = 0u; r <= u.d; r++) {
    let gradient = row_gradient(at, r, divisor);
    for (var j = 0u; j < u.d; j++) { y[at.g + j] += gradient * matrices[at.m + r * (u.d + 1u) + j]; }
  }
}

fn pull_element(i: u32) {
  let size = (u.d + 1u) * (u.d + 1u);
  let r = i % size / (u.d + 1u);
  let j = i % (u.d + 1u);
  let n = i / (size * u.chunks);
  let first = i / size % u.chunks * u.chunk;
  var sum = 0.0;
  for (var k = first; k < min(first + u.chunk, u.points); k++) {
    let at = place_of(n, k);
    var p = 1.0;
    if (j < u.d) { p = points[at.p + j]; }
    sum += row_gradient(at, r, divisor_of(at)) * p;
  }
  y[i] = sum;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = global.x + global.y * groups.x * THREADS;
  if (i >= u.threads) { return; }
  if (op == 2u) { pull_element(i); return; }
  let at = place_of(i / u.points, i % u.points);
  if (op == 0u) { move_point(at); } else { pull_point(at); }
}
