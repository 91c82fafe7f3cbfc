// One axis of a separable window: y[i] = Σ_t w[t] x[i + t].
import package::lib::line::Line;
import package::lib::padding::resolve;
import package::lib::thread::LINE;

@group(0) @binding(0) var<uniform> line: Line;
@group(0) @binding(1) var<storage, read> table: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let total = line.outer * line.length * line.inner;
  let radius = i32(line.radius);
  let length = i32(line.length);
  // Four neighbours along the contiguous axis per thread.
  let first = (id.x + id.y * LINE) * 4u;
  for (var e = first; e < min(first + 4u, total); e++) {
    let b = e % line.inner;
    let i = i32((e / line.inner) % line.length);
    let o = e / (line.inner * line.length);
    let weights = ((o / line.per_sample) * 2u + line.axis) * 2u * line.taps;
    let start = o * line.length * line.inner + b;
    var sum = 0.0;
    if (i >= radius && i + radius < length) {
      var at = start + u32(i - radius) * line.inner;
      for (var t = 0u; t <= 2u * line.radius; t++) {
        sum += table[weights + t] * x[at];
        at += line.inner;
      }
    } else {
      for (var t = -radius; t <= radius; t++) {
        let j = resolve(i + t, length);
        if (j >= 0) { sum += table[weights + u32(t + radius)] * x[start + u32(j) * line.inner]; }
      }
    }
    y[e] = sum;
  }
}
