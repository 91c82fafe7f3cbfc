// One axis of a separable window: y[i] = Σ_t w[t] x[i + t]. A thread owns four neighbours of a row of pixels.
import package::lib::line::{ Line, Part, part_of };
import package::lib::padding::resolve;
import package::lib::thread::LINE;

@group(0) @binding(0) var<uniform> line: Line;
@group(0) @binding(1) var<storage, read> table: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

// Four neighbours from `at` on; those beyond the end of the row are read twice and never written.
fn four(at: u32, last: u32) -> vec4f { return vec4f(x[at], x[at + min(1u, last)], x[at + min(2u, last)], x[at + min(3u, last)]); }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let part = part_of(id.x + id.y * LINE, line);
  if (part.count == 0u) { return; }
  let radius = i32(line.radius);
  let length = i32(line.length);
  var sum = vec4f(0.0);
  if (line.inner > 1u) {
    for (var t = -radius; t <= radius; t++) {
      let j = resolve(part.i + t, length);
      if (j >= 0) { sum += table[part.weights + u32(t + radius)] * four(part.start + u32(j) * line.inner, part.count - 1u); }
    }
  } else if (part.i >= radius && part.i + 3 + radius < length) {
    var at = part.start + u32(part.i - radius);
    var v = vec4f(0.0, x[at], x[at + 1u], x[at + 2u]);
    at += 3u;
    for (var t = 0u; t <= 2u * line.radius; t++) {
      v = vec4f(v.yzw, x[at + t]);
      sum += table[part.weights + t] * v;
    }
  } else {
    for (var t = -radius; t <= radius; t++) {
      let w = table[part.weights + u32(t + radius)];
      var v = vec4f(0.0);
      for (var k = 0; k < i32(part.count); k++) {
        let j = resolve(part.i + k + t, length);
        if (j >= 0) { v[k] = x[part.start + u32(j)]; }
      }
      sum += w * v;
    }
  }
  let to = part.start + u32(part.i) * line.inner;
  for (var k = 0u; k < part.count; k++) { y[to + k] = sum[k]; }
}
