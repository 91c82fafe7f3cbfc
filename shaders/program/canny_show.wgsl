// The result without hysteresis: magnitudes, and edges as 1/2 and 1.
import package::lib::thread::LINE;
import package::program::canny::{ HIGH, LOW, Shape, kept_nan };

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> params: array<f32>;
@group(0) @binding(2) var<storage, read> magnitude: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  let pixels = shape.height * shape.width;
  let n = i / pixels;
  if (n >= shape.samples) { return; }
  let m = magnitude[i];
  let first = i + n * (shape.out_channels - 1u) * pixels;
  @if(magnitude) { y[first] = m; }
  @if(edges) {
    let low = params[LOW * shape.samples + n];
    let high = params[HIGH * shape.samples + n];
    let edge = select(0.0, 0.5, m > low) + select(0.0, 0.5, m > high);
    y[first + (shape.out_channels - 1u) * pixels] = kept_nan(edge, m, low, high);
  }
}
