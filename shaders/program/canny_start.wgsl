// Labels of edges that are weak or strong, each its own.
import package::lib::thread::LINE;
import package::program::canny::{ LOW, Shape };
import package::program::canny_labels::{ NONE, labels };

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(2) var<storage, read_write> strong: array<atomic<u32>>;
@group(0) @binding(3) var<storage, read> params: array<f32>;
@group(0) @binding(4) var<storage, read> magnitude: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  let n = i / (shape.height * shape.width);
  if (n >= shape.samples) { return; }
  atomicStore(&labels[i], select(NONE, i, magnitude[i] > params[LOW * shape.samples + n]));
  atomicStore(&strong[i], 0u);
}
