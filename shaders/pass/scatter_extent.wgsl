// How large the gradients of each plane are, for the scale of `scatter_add`: the largest magnitude that a thread finds, as bits.
// Compared as whole numbers, infinity is larger than every number, and NaN larger still.
@if(near) import package::lib::near::{ Near, is_near };
import package::lib::thread::LINE;

struct Shape { planes: u32, threads: u32, pixels: u32, channels: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> g: array<u32>;
@group(0) @binding(2) var<storage, read_write> partial: array<u32>;
@if(near) @group(0) @binding(3) var<storage, read> reach: array<Near>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let threads = shape.threads;
  let plane = index / threads;
  if (plane >= shape.planes) { return; }
  // Nobody asks for those of samples that are gathered.
  @if(near) if (is_near(reach[plane / shape.channels])) { return; }
  let end = (plane + 1u) * shape.pixels;
  var largest = 0u;
  var i = plane * shape.pixels + (index - plane * threads);
  loop {
    let bits = g[i] & 0x7fffffffu;
    largest = select(largest, bits, bits > largest);
    continuing { i += threads; break if i >= end; }
  }
  partial[index] = largest;
}
