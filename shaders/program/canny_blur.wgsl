// The Gaussian along one axis.
import package::lib::thread::LINE;
import package::program::canny::{ Shape, mirrored, place_of, weight };
import package::program::canny_line::{ SIGMA, line_of };

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> params: array<f32>;
@group(0) @binding(2) var<storage, read> plane: array<f32>;
@group(0) @binding(3) var<storage, read_write> blurred: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  let p = place_of(i, shape);
  if (p.n >= shape.samples) { return; }
  let line = line_of(i, p, shape);
  let sigma = params[SIGMA * shape.samples + p.n];
  var sum = plane[i];
  var all = 1.0;
  for (var t = 1; t <= i32(shape.radius); t++) {
    let w = weight(f32(t), sigma);
    sum += w * (plane[line.start + mirrored(line.at - t, line.size) * line.step] + plane[line.start + mirrored(line.at + t, line.size) * line.step]);
    all += 2.0 * w;
  }
  blurred[i] = sum / all;
}
