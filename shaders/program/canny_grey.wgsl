// The grey of every pixel.
import package::lib::thread::LINE;
import package::program::canny::{ GREY, Shape };

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> grey: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  let pixels = shape.height * shape.width;
  let n = i / pixels;
  if (n >= shape.samples) { return; }
  let at = i + n * (shape.channels - 1u) * pixels;
  @if(coloured) { grey[i] = dot(GREY, vec3f(x[at], x[at + pixels], x[at + 2u * pixels])); }
  @if(!coloured) { grey[i] = x[at]; }
}
