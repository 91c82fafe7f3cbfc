// The gradient of `clipLimit`, as sums of threads `[sample][thread]`; the tables are the derivatives by it.
import package::lib::thread::LINE;
import package::program::clahe::bin_of;
import package::program::clahe_seen::{ place_of, seen, shape };

@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> gradient: array<f32>;
@group(0) @binding(4) var<storage, read_write> partial: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let n = index / shape.threads;
  if (n >= shape.samples) { return; }
  let values = shape.channels * shape.height * shape.width;
  var sum = 0.0;
  for (var i = index - n * shape.threads; i < values; i += shape.threads) {
    let at = n * values + i;
    sum += gradient[at] * seen(place_of(at), bin_of(x[at])) / 255.0;
  }
  partial[index] = sum;
}
