// The gradient of the value, as sums of threads `[sample][thread]`: what comes to the pixels under drops.
import package::lib::thread::LINE;
import package::program::rain::Shape;

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> mask: array<u32>;
@group(0) @binding(2) var<storage, read> gradient: array<f32>;
@group(0) @binding(3) var<storage, read_write> partial: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let n = index / shape.threads;
  if (n >= shape.samples) { return; }
  let pixels = shape.height * shape.width;
  var sum = 0.0;
  for (var c = 0u; c < shape.channels; c++) {
    let plane = (n * shape.channels + c) * pixels;
    let field = (n * shape.fields + min(c, shape.fields - 1u)) * pixels;
    for (var k = index - n * shape.threads; k < pixels; k += shape.threads) {
      sum += select(0.0, gradient[plane + k], mask[field + k] == 1u);
    }
  }
  partial[index] = sum;
}
