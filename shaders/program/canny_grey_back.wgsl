// The transpose of `canny_grey`.
import package::lib::thread::LINE;
import package::program::canny::{ GREY, Shape };

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read_write> image: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  let pixels = shape.height * shape.width;
  let n = i / pixels;
  if (n >= shape.samples) { return; }
  let at = i + n * (shape.channels - 1u) * pixels;
  let g = gradient[i];
  @if(coloured) {
    image[at] = GREY.x * g;
    image[at + pixels] = GREY.y * g;
    image[at + 2u * pixels] = GREY.z * g;
  }
  @if(!coloured) { image[at] = g; }
}
