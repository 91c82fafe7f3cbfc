// The transpose of `window_line`: each pixel gathers from the outputs that saw it, at its own place and at its images
// beyond the border.
import package::lib::images::{ image_count, image_strip };
import package::lib::line::Line;
import package::lib::thread::LINE;

@group(0) @binding(0) var<uniform> line: Line;
@group(0) @binding(1) var<storage, read> table: array<f32>;
@group(0) @binding(2) var<storage, read> g: array<f32>;
@group(0) @binding(3) var<storage, read_write> gx: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let total = line.outer * line.length * line.inner;
  let radius = i32(line.radius);
  let length = i32(line.length);
  let low = -f32(radius);
  let high = f32(length - 1 + radius);
  let images = image_count(length, low, high);
  let first = (id.x + id.y * LINE) * 4u;
  for (var e = first; e < min(first + 4u, total); e++) {
    let b = e % line.inner;
    let q = i32((e / line.inner) % line.length);
    let o = e / (line.inner * line.length);
    let weights = ((o / line.per_sample) * 2u + line.axis) * 2u * line.taps;
    let start = o * line.length * line.inner + b;
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
    gx[e] = sum;
  }
}
