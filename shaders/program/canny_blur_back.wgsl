// The transpose of `canny_blur`: what is mirrored beyond the border comes back from there.
import package::lib::thread::LINE;
import package::program::canny::{ Shape, place_of, weight };
import package::program::canny_line::{ Line, SIGMA, line_of };

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> params: array<f32>;
@group(0) @binding(2) var<storage, read> gradient: array<f32>;
@group(0) @binding(3) var<storage, read_write> image: array<f32>;

// Of pixel `at` of a line, where there is one.
fn taken(line: Line, at: i32) -> f32 {
  let there = (at >= 0) & (at < line.size);
  return select(0.0, gradient[line.start + select(0, at, there) * line.step], there);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  let p = place_of(i, shape);
  if (p.n >= shape.samples) { return; }
  let line = line_of(i, p, shape);
  let sigma = params[SIGMA * shape.samples + p.n];
  var sum = gradient[i];
  var all = 1.0;
  for (var t = 1; t <= i32(shape.radius); t++) {
    let w = weight(f32(t), sigma);
    var seen = taken(line, line.at - t) + taken(line, line.at + t);
    if (line.at > 0) { seen += taken(line, t - line.at); }
    if (line.at < line.size - 1) { seen += taken(line, 2 * (line.size - 1) - line.at - t); }
    sum += w * seen;
    all += 2.0 * w;
  }
  image[i] = sum / all;
}
