// What is under a drop has its value.
import package::lib::thread::LINE;
import package::program::rain::Shape;

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> params: array<f32>;
@group(0) @binding(2) var<storage, read> mask: array<u32>;
@group(0) @binding(3) var<storage, read> x: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  let pixels = shape.height * shape.width;
  let plane = i / pixels;
  let n = plane / shape.channels;
  if (n >= shape.samples) { return; }
  let field = n * shape.fields + min(plane - n * shape.channels, shape.fields - 1u);
  let value = params[shape.value_row * shape.samples + n];
  // The gradient of the image comes the same way, with 0 in the place of the value.
  @if(back) let shown = 0.0;
  @if(!back) let shown = value;
  y[i] = select(x[i], shown, mask[field * pixels + (i - plane * pixels)] == 1u);
}
