// The Gaussian along one axis.
import package::lib::thread::LINE;
import package::program::canny::{ SIGMA_X, SIGMA_Y, Shape, mirrored, place_of, weight };

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> params: array<f32>;
@group(0) @binding(2) var<storage, read> plane: array<f32>;
@group(0) @binding(3) var<storage, read_write> blurred: array<f32>;

@if(down) const SIGMA: u32 = SIGMA_Y;
@if(!down) const SIGMA: u32 = SIGMA_X;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  let p = place_of(i, shape);
  if (p.n >= shape.samples) { return; }
  @if(down) let step = i32(shape.width);
  @if(!down) let step = 1;
  @if(down) let at = i32(p.y);
  @if(!down) let at = i32(p.x);
  @if(down) let size = i32(shape.height);
  @if(!down) let size = i32(shape.width);
  let start = i32(i) - at * step;
  let sigma = params[SIGMA * shape.samples + p.n];
  var sum = plane[i];
  var all = 1.0;
  for (var t = 1; t <= i32(shape.radius); t++) {
    let w = weight(f32(t), sigma);
    sum += w * (plane[start + mirrored(at - t, size) * step] + plane[start + mirrored(at + t, size) * step]);
    all += 2.0 * w;
  }
  blurred[i] = sum / all;
}
