// Nothing is under a drop yet.
import package::lib::thread::LINE;
import package::program::rain::Shape;

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read_write> mask: array<atomic<u32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  if (i >= shape.samples * shape.fields * shape.height * shape.width) { return; }
  atomicStore(&mask[i], 0u);
}
