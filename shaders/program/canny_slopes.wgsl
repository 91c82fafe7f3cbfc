// Sobel's slopes across and down.
import package::lib::thread::LINE;
import package::program::canny::{ Shape, held, place_of };

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> blurred: array<f32>;
@group(0) @binding(2) var<storage, read_write> across: array<f32>;
@group(0) @binding(3) var<storage, read_write> down: array<f32>;

// Left, middle and right of a row.
fn three(n: u32, y: u32, x: u32) -> vec3f {
  let row = (n * shape.height + y) * shape.width;
  return vec3f(blurred[row + held(i32(x) - 1, shape.width)], blurred[row + x], blurred[row + held(i32(x) + 1, shape.width)]);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  let p = place_of(i, shape);
  if (p.n >= shape.samples) { return; }
  let a = three(p.n, held(i32(p.y) - 1, shape.height), p.x);
  let b = three(p.n, p.y, p.x);
  let c = three(p.n, held(i32(p.y) + 1, shape.height), p.x);
  across[i] = (a.z - a.x) + 2.0 * (b.z - b.x) + (c.z - c.x);
  down[i] = (c.x - a.x) + 2.0 * (c.y - a.y) + (c.z - a.z);
}
