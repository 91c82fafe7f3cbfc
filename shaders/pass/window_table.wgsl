// The normalised weights of a window, and their derivatives, for every sample and axis: one thread each.
// Table: [sample][axis][weights, weights turned around, derivatives turned around][tap], taps from −radius to radius, then zeros; the axis
// 0 is x, 1 is y.
import package::generated::window::{ slope, weight };
import package::lib::thread::LINE;

// `on` is the slot of the coin plus 1, 0 for none: where it shows 0 the weights are those of the identity. A window of even size has a first
// weight of 0.
struct Shape { samples: u32, taps: u32, radius_x: u32, radius_y: u32, on: u32, even_x: u32, even_y: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> params: array<f32>;
@group(0) @binding(2) var<storage, read_write> table: array<f32>;

fn save(k: u32, turned: u32, weight: f32, derivative: f32) {
  table[k] = weight;
  table[turned + shape.taps] = weight;
  table[turned + 2u * shape.taps] = derivative;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x + id.y * LINE;
  let n = row / 2u;
  let axis = row % 2u;
  if (n >= shape.samples) { return; }
  // A window without widths has no parameters.
  let width = params[min(axis * shape.samples + n, arrayLength(&params) - 1u)];
  let radius = i32(select(shape.radius_x, shape.radius_y, axis == 1u));
  let first = i32(select(shape.even_x, shape.even_y, axis == 1u)) - radius;
  let at = row * 3u * shape.taps;
  for (var k = 2u * u32(radius) + 1u; k < shape.taps; k++) { save(at + k, at + k, 0.0, 0.0); }
  if (shape.on > 0u && params[(shape.on - 1u) * shape.samples + n] == 0.0) {
    for (var t = -radius; t <= radius; t++) { save(at + u32(t + radius), at + u32(radius - t), select(0.0, 1.0, t == 0), 0.0); }
    return;
  }
  var sum = 0.0;
  var sum_slope = 0.0;
  for (var t = first; t <= radius; t++) {
    sum += weight(f32(t), width);
    sum_slope += slope(f32(t), width);
  }
  if (first > -radius) { save(at, at + 2u * u32(radius), 0.0, 0.0); }
  for (var t = first; t <= radius; t++) {
    let w = weight(f32(t), width) / sum;
    save(at + u32(t + radius), at + u32(radius - t), w, (slope(f32(t), width) - w * sum_slope) / sum);
  }
}
