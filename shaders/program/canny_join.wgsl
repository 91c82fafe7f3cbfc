// Joins every edge with its neighbours to the right and below, of eight.
import package::lib::thread::LINE;
import package::program::canny::{ Shape, place_of };
import package::program::canny_labels::{ NONE, join, labels };

@group(0) @binding(0) var<uniform> shape: Shape;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  let p = place_of(i, shape);
  if (p.n >= shape.samples) { return; }
  if (atomicLoad(&labels[i]) == NONE) { return; }
  for (var k = 0; k < 4; k++) {
    // Right; left, middle and right below.
    let x = i32(p.x) + select(k - 2, 1, k == 0);
    let y = p.y + select(1u, 0u, k == 0);
    if ((x < 0) | (x >= i32(shape.width)) | (y >= shape.height)) { continue; }
    let other = (p.n * shape.height + y) * shape.width + u32(x);
    if (atomicLoad(&labels[other]) != NONE) { join(i, other); }
  }
}
