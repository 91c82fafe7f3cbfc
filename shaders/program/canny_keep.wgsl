// Of weak and strong edges those whose component has a strong one, as 1.
import package::lib::thread::LINE;
import package::program::canny::Shape;
import package::program::canny_labels::{ NONE, labels, root_of };

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(2) var<storage, read_write> strong: array<atomic<u32>>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  let pixels = shape.height * shape.width;
  let n = i / pixels;
  if (n >= shape.samples) { return; }
  var edge = 0.0;
  if (atomicLoad(&labels[i]) != NONE) { edge = f32(atomicLoad(&strong[root_of(i)])); }
  y[i + (n + 1u) * (shape.out_channels - 1u) * pixels] = edge;
}
