// The gradient of one deviation, as sums of threads `[sample][thread]`: of the plane before its axis, and the gradient behind it.
import package::lib::thread::LINE;
import package::program::canny::{ Shape, mirrored, place_of, weight, weight_slope };
import package::program::canny_line::{ SIGMA, line_of };

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> params: array<f32>;
@group(0) @binding(2) var<storage, read> plane: array<f32>;
@group(0) @binding(3) var<storage, read> gradient: array<f32>;
@group(0) @binding(4) var<storage, read_write> partial: array<f32>;

// How much the blurred plane grows with the deviation.
fn growth(i: u32, sigma: f32) -> f32 {
  let p = place_of(i, shape);
  let line = line_of(i, p, shape);
  var sum = plane[i];
  var all = 1.0;
  var slope = 0.0;
  var of_all = 0.0;
  for (var t = 1; t <= i32(shape.radius); t++) {
    let w = weight(f32(t), sigma);
    let d = weight_slope(f32(t), sigma);
    let seen = plane[line.start + mirrored(line.at - t, line.size) * line.step] + plane[line.start + mirrored(line.at + t, line.size) * line.step];
    sum += w * seen;
    slope += d * seen;
    all += 2.0 * w;
    of_all += 2.0 * d;
  }
  return (slope - of_all * sum / all) / all;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let n = index / shape.threads;
  if (n >= shape.samples) { return; }
  let pixels = shape.height * shape.width;
  let sigma = params[SIGMA * shape.samples + n];
  var sum = 0.0;
  for (var k = index - n * shape.threads; k < pixels; k += shape.threads) {
    let i = n * pixels + k;
    sum += gradient[i] * growth(i, sigma);
  }
  partial[index] = sum;
}
