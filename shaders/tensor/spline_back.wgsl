// The gradients of the centres and weights of spline.wgsl, partial sums over a chunk of pixels: a thread for each sample, chunk and
// point, and for the three of the affine part. With g the gradient of f: dw_j = Σ g U, da = Σ g (1, q_x, q_y),
// dc_j = −Σ (g · w_j) (ln s + 1) (q − c_j), as U' = ½ (ln s + 1) and ds/dc = −2 (q − c).
import package::tensor::index::{ THREADS };

@group(0) @binding(0) var<storage, read> centres: array<f32>;
@group(0) @binding(1) var<storage, read> weights: array<f32>;
// [n][x, y][pixels], of the places
@group(0) @binding(2) var<storage, read> g: array<f32>;
// [n][chunk][k + 3] dw or da, and dc
@group(0) @binding(3) var<storage, read_write> partial: array<f32>;
// threads, chunks, points, pixels; width, pixels of a chunk; scale, shift; back
@group(0) @binding(4) var<uniform> u: array<vec4u, 4>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = global.x + global.y * groups.x * THREADS;
  if (i >= u[0].x) { return; }
  let points = u[0].z;
  let pixels = u[0].w;
  let rest = i / (points + 3u);
  let j = i - rest * (points + 3u);
  let n = rest / u[0].y;
  let chunk = rest - n * u[0].y;
  let width = u[1].x;
  let scale = bitcast<vec4f>(u[2]);
  let back = bitcast<vec2f>(u[3].xy);
  let own = select(j, 0u, j >= points);
  let c = 2u * (n * points + own);
  let centre = vec2f(centres[c], centres[c + 1u]);
  let w = 2u * (n * (points + 3u) + own);
  let weight = vec2f(weights[w], weights[w + 1u]);
  let basis = vec3f(vec3u(j, j, j) == vec3u(points, points + 1u, points + 2u));
  let at = 2u * n * pixels;
  var pixel = chunk * u[1].y;
  let end = min(pixel + u[1].y, pixels);
  var row = pixel / width;
  var column = pixel - row * width;
  var dw = vec2f(0.0);
  var dc = vec2f(0.0);
  for (; pixel < end; pixel++) {
    let q = vec2f(f32(column), f32(row)) * scale.xy + scale.zw;
    let h = vec2f(g[at + pixel], g[at + pixels + pixel]) * back;
    let d = q - centre;
    let s = dot(d, d);
    let l = log(select(s, 1e-30, s < 1e-30));
    dw += h * select(0.5 * s * l, basis.x + basis.y * q.x + basis.z * q.y, j >= points);
    dc -= dot(h, weight) * (l + 1.0) * d;
    column += 1u;
    if (column == width) {
      column = 0u;
      row += 1u;
    }
  }
  let to = 4u * i;
  partial[to] = dw.x;
  partial[to + 1u] = dw.y;
  partial[to + 2u] = select(dc.x, 0.0, j >= points);
  partial[to + 3u] = select(dc.y, 0.0, j >= points);
}
