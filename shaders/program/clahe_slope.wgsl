// The gradient of the image where tables count as constant and as straight lines between their entries: gx = slope · g.
import package::lib::thread::LINE;
import package::program::clahe::level_below;
import package::program::clahe_seen::{ place_of, seen, shape };

@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> gradient: array<f32>;
@group(0) @binding(4) var<storage, read_write> image: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  if (i >= shape.samples * shape.channels * shape.height * shape.width) { return; }
  let v = x[i];
  let place = place_of(i);
  let bin = min(level_below(v), 254u);
  let slope = seen(place, bin + 1u) - seen(place, bin);
  image[i] = select(0.0, slope * gradient[i], (v >= 0.0) & (v <= 1.0));
}
