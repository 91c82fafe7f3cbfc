// Where each pixel of an image looks by a spline of thin plates: p + back · f(q), q = scale · p + shift,
// f(q) = a₀ + a₁ q_x + a₂ q_y + Σ w_j U(|q − c_j|²), U(s) = ½ s ln s. A thread does four pixels in a row.
import package::tensor::index::{ THREADS };

// [n][k] x and y of the centres
@group(0) @binding(0) var<storage, read> centres: array<f32>;
// [n][k + 3] x and y of w, then of a
@group(0) @binding(1) var<storage, read> weights: array<f32>;
// [n][x, y][pixels]
@group(0) @binding(2) var<storage, read_write> places: array<f32>;
// quads of all samples, quads of one, points, pixels; width; scale, shift; back
@group(0) @binding(3) var<uniform> u: array<vec4u, 4>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = global.x + global.y * groups.x * THREADS;
  if (i >= u[0].x) { return; }
  let n = i / u[0].y;
  let first = 4u * (i - n * u[0].y);
  let points = u[0].z;
  let pixels = u[0].w;
  let width = u[1].x;
  let scale = bitcast<vec4f>(u[2]);
  let back = bitcast<vec2f>(u[3].xy);
  let flat = vec4u(first) + vec4u(0u, 1u, 2u, 3u);
  let rows = flat / width;
  let px = vec4f(flat - rows * width);
  let py = vec4f(rows);
  let x = px * scale.x + scale.z;
  let y = py * scale.y + scale.w;
  var c = 2u * n * points;
  var w = 2u * n * (points + 3u);
  let a = w + 2u * points;
  var fx = weights[a] + weights[a + 2u] * x + weights[a + 4u] * y;
  var fy = weights[a + 1u] + weights[a + 3u] * x + weights[a + 5u] * y;
  for (var j = 0u; j < points; j++) {
    let dx = x - centres[c];
    let dy = y - centres[c + 1u];
    let s = dx * dx + dy * dy;
    let value = 0.5 * s * log(select(s, vec4f(1e-30), s < vec4f(1e-30)));
    fx += weights[w] * value;
    fy += weights[w + 1u] * value;
    c += 2u;
    w += 2u;
  }
  let there_x = px + back.x * fx;
  let there_y = py + back.y * fy;
  let to = 2u * n * pixels;
  for (var k = 0u; k < 4u; k++) {
    if (first + k < pixels) {
      places[to + first + k] = there_x[k];
      places[to + pixels + first + k] = there_y[k];
    }
  }
}
