// The transpose of `canny_slopes`.
import package::lib::thread::LINE;
import package::program::canny::{ Shape, place_of };

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> across: array<f32>;
@group(0) @binding(2) var<storage, read> down: array<f32>;
@group(0) @binding(3) var<storage, read_write> image: array<f32>;

// What pixel p takes of pixel p + d along an axis, smoothed and sloped: at the border a pixel is its own neighbour.
fn smoothing(d: i32, p: i32, size: i32) -> f32 {
  let border = select(0.0, 1.0, (d == 0) & (p == 0)) + select(0.0, 1.0, (d == 0) & (p == size - 1));
  return select(1.0, 2.0, d == 0) + border;
}
fn sloping(d: i32, p: i32, size: i32) -> f32 {
  return f32(d) - select(0.0, 1.0, (d == 0) & (p == 0)) + select(0.0, 1.0, (d == 0) & (p == size - 1));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  let p = place_of(i, shape);
  if (p.n >= shape.samples) { return; }
  let size = vec2i(i32(shape.width), i32(shape.height));
  var sum = 0.0;
  for (var dy = -1; dy <= 1; dy++) {
    for (var dx = -1; dx <= 1; dx++) {
      // The pixel that takes, from which this one lies at (dx, dy).
      let at = vec2i(i32(p.x) - dx, i32(p.y) - dy);
      if ((at.x < 0) | (at.y < 0) | (at.x >= size.x) | (at.y >= size.y)) { continue; }
      let k = (p.n * shape.height + u32(at.y)) * shape.width + u32(at.x);
      sum += across[k] * sloping(dx, at.x, size.x) * smoothing(dy, at.y, size.y);
      sum += down[k] * smoothing(dx, at.x, size.x) * sloping(dy, at.y, size.y);
    }
  }
  image[i] = sum;
}
