// The gradient of the image.
import package::lib::thread::LINE;
import package::program::plasma_change::{ back_of, field_of, fields, shape, values_of, x };

@group(0) @binding(4) var<storage, read> gradient: array<f32>;
@group(0) @binding(5) var<storage, read_write> image: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  let pixels = shape.height * shape.width;
  let plane = i / pixels;
  if (plane >= shape.samples * shape.channels) { return; }
  let field = fields[field_of(plane) + (i - plane * pixels)];
  image[i] = gradient[i] * back_of(x[i], field, values_of(plane / shape.channels)).x;
}
