// What the kernels of a window share: the correlation of four neighbouring pixels with one row of the table.
import package::lib::line::{ Line, Part };
import package::lib::padding::resolve;

@group(0) @binding(0) var<uniform> line: Line;
@group(0) @binding(1) var<storage, read> table: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;

// Four neighbours from `at` on; beyond the end of the row the last is read again, and never used.
fn four(at: u32, last: u32) -> vec4f { return vec4f(x[at], x[at + min(1u, last)], x[at + min(2u, last)], x[at + min(3u, last)]); }

// Σ_t table[weights + t] x[i + t − radius], for the pixels of a part.
fn correlate(part: Part, weights: u32) -> vec4f {
  let radius = i32(line.radius);
  let length = i32(line.length);
  let taps = 2u * line.radius + 1u;
  let columns = line.inner > 1u;
  let reach = select(3, 0, columns) + radius;
  var sum = vec4f(0.0);
  if (part.i >= radius && part.i + reach < length) {
    var at = part.start + u32(part.i - radius) * line.inner;
    if (columns) {
      for (var t = 0u; t < taps; t++) {
        sum += table[weights + t] * four(at, part.count - 1u);
        at += line.inner;
      }
    } else {
      var v = vec4f(0.0, x[at], x[at + 1u], x[at + 2u]);
      for (var t = 0u; t < taps; t++) {
        v = vec4f(v.yzw, x[at + 3u + t]);
        sum += table[weights + t] * v;
      }
    }
    return sum;
  }
  for (var t = 0u; t < taps; t++) {
    let i = part.i + i32(t) - radius;
    let w = table[weights + t];
    if (columns) {
      let j = resolve(i, length);
      if (j >= 0) { sum += w * four(part.start + u32(j) * line.inner, part.count - 1u); }
    } else {
      sum += w * vec4f(one(part, i), one(part, i + 1), one(part, i + 2), one(part, i + 3));
    }
  }
  return sum;
}

fn one(part: Part, i: i32) -> f32 {
  let j = resolve(i, i32(line.length));
  return select(0.0, x[part.start + u32(max(j, 0))], j >= 0);
}
