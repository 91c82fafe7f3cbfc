// Spreads a tensor over the samples and components of a block. The numbers that a call refuses, a tensor may hold: its values
// are moved to the nearest one that the parameter allows. The gradient is that of the value that was used (straight-through),
// so that what was learned too far can come back. NaN stays, and so does what is infinite where there is no bound.
import package::lib::nan::is_nan;
import package::lib::thread::LINE;

struct Shape {
  samples: u32, width: u32, offset: u32, by_sample: u32, by_component: u32, first: u32,
  has_min: u32, has_max: u32, min: f32, max: f32, gap: f32, whole: u32, names: u32, is: f32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> value: array<f32>;
@group(0) @binding(2) var<storage, read_write> block: array<f32>;

// Where a parameter says which samples a transform applies to, by a number that they have: 1 for those, 0 for all others.
fn allowed(v: f32) -> f32 {
  if (shape.names == 1u) { return select(0.0, 1.0, v == shape.is && !is_nan(v)); }
  if (is_nan(v)) { return v; }
  if (shape.has_min == 1u && v < shape.min) { return shape.min; }
  if (shape.has_max == 1u && v > shape.max) { return shape.max; }
  if (abs(v) < shape.gap) { return select(shape.gap, -shape.gap, v < 0.0); }
  return select(v, round(v), shape.whole == 1u);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  let n = i % shape.samples;
  let k = i / shape.samples;
  if (k < shape.width) {
    let v = value[(shape.first + n) * shape.by_sample + k * shape.by_component];
    block[(shape.offset + k) * shape.samples + n] = allowed(v);
  }
}
