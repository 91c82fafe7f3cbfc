// Spreads a tensor over the samples and components of a block.
import package::lib::thread::LINE;

struct Shape { samples: u32, width: u32, offset: u32, by_sample: u32, by_component: u32, first: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> value: array<f32>;
@group(0) @binding(2) var<storage, read_write> block: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  let n = i % shape.samples;
  let k = i / shape.samples;
  if (k < shape.width) {
    block[(shape.offset + k) * shape.samples + n] = value[(shape.first + n) * shape.by_sample + k * shape.by_component];
  }
}
