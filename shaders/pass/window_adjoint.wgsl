// The transpose of `window_line`: each pixel gathers from the outputs that saw it, at its own place and at its images
// beyond the border. Where it has none within reach, that is the same sum with the weights turned around.
import package::lib::images::{ image_count, image_strip };
import package::lib::line::{ Line, Part, part_of };
import package::lib::thread::LINE;

@group(0) @binding(0) var<uniform> line: Line;
@group(0) @binding(1) var<storage, read> table: array<f32>;
@group(0) @binding(2) var<storage, read> g: array<f32>;
@group(0) @binding(3) var<storage, read_write> gx: array<f32>;

fn four(at: u32, last: u32) -> vec4f { return vec4f(g[at], g[at + min(1u, last)], g[at + min(2u, last)], g[at + min(3u, last)]); }

// One pixel, with all its images.
fn collect(q: i32, start: u32, weights: u32) -> f32 {
  let radius = i32(line.radius);
  let length = i32(line.length);
  let low = -f32(radius);
  let high = f32(length - 1 + radius);
  let images = image_count(length, low, high);
  var sum = 0.0;
  for (var k = images.x; k <= images.y; k++) {
    let strip = image_strip(q, length, k, low, high);
    for (var v = strip.low; v <= strip.high; v++) {
      // The output i saw v with the tap t = v − i.
      for (var i = max(v - radius, 0); i <= min(v + radius, length - 1); i++) {
        sum += table[weights + u32(v - i + radius)] * g[start + u32(i) * line.inner];
      }
    }
  }
  return sum;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let part = part_of(id.x + id.y * LINE, line);
  if (part.count == 0u) { return; }
  let radius = i32(line.radius);
  let length = i32(line.length);
  let columns = line.inner > 1u;
  // A pixel within a radius of the border is seen again beyond it.
  let deep = part.i > radius && part.i + select(3, 0, columns) + radius + 1 < length;
  var sum = vec4f(0.0);
  if (deep && columns) {
    for (var t = 0u; t <= 2u * line.radius; t++) {
      sum += table[part.weights + 2u * line.radius - t] * four(part.start + (u32(part.i) + t - line.radius) * line.inner, part.count - 1u);
    }
  } else if (deep) {
    let at = part.start + u32(part.i - radius);
    var v = vec4f(0.0, g[at], g[at + 1u], g[at + 2u]);
    for (var t = 0u; t <= 2u * line.radius; t++) {
      v = vec4f(v.yzw, g[at + 3u + t]);
      sum += table[part.weights + 2u * line.radius - t] * v;
    }
  } else {
    for (var k = 0u; k < 4u; k++) {
      let j = min(k, part.count - 1u);
      sum = vec4f(sum.yzw, collect(part.i + select(i32(j), 0, columns), part.start + select(0u, j, columns), part.weights));
    }
  }
  let to = part.start + u32(part.i) * line.inner;
  gx[to] = sum.x;
  if (part.count > 1u) { gx[to + 1u] = sum.y; }
  if (part.count > 2u) { gx[to + 2u] = sum.z; }
  if (part.count > 3u) { gx[to + 3u] = sum.w; }
}
