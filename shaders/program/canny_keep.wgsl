// Of weak and strong edges those whose component has a strong one, as 1.
import package::lib::thread::LINE;
import package::program::canny::{ HIGH, LOW, Shape, kept_nan };
import package::program::canny_labels::{ NONE, labels, root_of };

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(2) var<storage, read_write> strong: array<atomic<u32>>;
@group(0) @binding(3) var<storage, read> params: array<f32>;
@group(0) @binding(4) var<storage, read> magnitude: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  let pixels = shape.height * shape.width;
  let n = i / pixels;
  if (n >= shape.samples) { return; }
  var edge = 0.0;
  if (atomicLoad(&labels[i]) != NONE) { edge = f32(atomicLoad(&strong[root_of(i)])); }
  let low = params[LOW * shape.samples + n];
  let high = params[HIGH * shape.samples + n];
  y[i + (n + 1u) * (shape.out_channels - 1u) * pixels] = kept_nan(edge, magnitude[i], low, high);
}
