// The gradient of a window's width along one axis: Σ g[i] Σ_t dw[t] x[i + t], summed per thread over its part of a sample.
import package::lib::line::part_of;
import package::lib::thread::LINE;
import package::lib::window::{ correlate, line };

@group(0) @binding(3) var<storage, read> g: array<f32>;
@group(0) @binding(4) var<storage, read_write> sums: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let n = index / line.threads;
  let samples = line.outer / line.per_sample;
  if (n >= samples) { return; }
  let columns = line.inner > 1u;
  let parts = (select(line.length, line.inner, columns) + 3u) / 4u * line.per_sample * select(1u, line.length, columns);
  var sum = 0.0;
  for (var p = index % line.threads; p < parts; p += line.threads) {
    let part = part_of(n * parts + p, line);
    let slopes = correlate(part, part.weights + line.taps);
    let at = part.start + u32(part.i) * line.inner;
    let last = part.count - 1u;
    let inside = vec4u(0u, 1u, 2u, 3u) < vec4u(part.count);
    sum += dot(slopes, select(vec4f(0.0), vec4f(g[at], g[at + min(1u, last)], g[at + min(2u, last)], g[at + min(3u, last)]), inside));
  }
  sums[n * line.threads + index % line.threads] = sum;
}
