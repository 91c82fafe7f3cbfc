// The largest magnitude of each plane, from those of its threads.
import package::lib::thread::LINE;

struct Shape { planes: u32, threads: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> partial: array<u32>;
@group(0) @binding(2) var<storage, read_write> extents: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let plane = id.x + id.y * LINE;
  if (plane >= shape.planes) { return; }
  var largest = 0u;
  for (var t = 0u; t < shape.threads; t++) {
    let bits = partial[plane * shape.threads + t];
    largest = select(largest, bits, bits > largest);
  }
  extents[plane] = largest;
}
