// What the way back reads of a pixel of the result: the gradient over the sum of weights, and its product with the result.
import package::lib::thread::LINE;
import package::program::bilateral::shape;

@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<f32>;
@group(0) @binding(3) var<storage, read> total: array<f32>;
@group(0) @binding(4) var<storage, read_write> scaled: array<f32>;
@group(0) @binding(5) var<storage, read_write> product_of: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let pixels = shape.height * shape.width;
  let n = index / pixels;
  if (n >= shape.samples) { return; }
  let p = index - n * pixels;
  let all = total[index];
  var sum = 0.0;
  var i = n * shape.channels * pixels + p;
  var c = 0u;
  loop {
    let g = gradient[i] / all;
    scaled[i] = g;
    sum += g * y[i];
    i += pixels;
    continuing { c++; break if c >= shape.channels; }
  }
  product_of[index] = sum;
}
