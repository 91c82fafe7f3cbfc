// The gradient of a window's width along one axis: Σ g[i] Σ_t dw[t] x[i + t], summed per thread over its part of a sample.
import package::lib::line::Line;
import package::lib::padding::resolve;
import package::lib::thread::LINE;

@group(0) @binding(0) var<uniform> line: Line;
@group(0) @binding(1) var<storage, read> table: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> g: array<f32>;
@group(0) @binding(4) var<storage, read_write> sums: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let n = index / line.threads;
  if (n >= line.outer / line.per_sample) { return; }
  let radius = i32(line.radius);
  let length = i32(line.length);
  let size = line.per_sample * line.length * line.inner;
  let weights = (n * 2u + line.axis) * 2u * line.taps + line.taps;
  var sum = 0.0;
  for (var e = index % line.threads; e < size; e += line.threads) {
    let i = i32((e / line.inner) % line.length);
    let at = n * size + e;
    let start = i32(at) - i * i32(line.inner);
    var inner = 0.0;
    for (var t = -radius; t <= radius; t++) {
      let j = resolve(i + t, length);
      if (j >= 0) { inner += table[weights + u32(t + radius)] * x[start + j * i32(line.inner)]; }
    }
    sum += g[at] * inner;
  }
  sums[n * line.threads + index % line.threads] = sum;
}
