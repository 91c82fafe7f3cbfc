// The transpose of `canny_blur`: what is mirrored beyond the border comes back from there.
import package::lib::thread::LINE;
import package::program::canny::{ SIGMA_X, SIGMA_Y, Shape, place_of, weight };

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> params: array<f32>;
@group(0) @binding(2) var<storage, read> gradient: array<f32>;
@group(0) @binding(3) var<storage, read_write> image: array<f32>;

@if(down) const SIGMA: u32 = SIGMA_Y;
@if(!down) const SIGMA: u32 = SIGMA_X;

// Of pixel `at` of a line, where there is one.
fn taken(start: i32, at: i32, size: i32, step: i32) -> f32 {
  let there = (at >= 0) & (at < size);
  return select(0.0, gradient[start + select(0, at, there) * step], there);
}

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
  var sum = gradient[i];
  var all = 1.0;
  for (var t = 1; t <= i32(shape.radius); t++) {
    let w = weight(f32(t), sigma);
    var seen = taken(start, at - t, size, step) + taken(start, at + t, size, step);
    if (at > 0) { seen += taken(start, t - at, size, step); }
    if (at < size - 1) { seen += taken(start, 2 * (size - 1) - at - t, size, step); }
    sum += w * seen;
    all += 2.0 * w;
  }
  image[i] = sum / all;
}
