// The image under its field, each value by itself.
import package::lib::thread::LINE;
import package::program::plasma_change::{ changed, field_of, fields, shape, values_of, x };

@group(0) @binding(4) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  let pixels = shape.height * shape.width;
  let plane = i / pixels;
  if (plane >= shape.samples * shape.channels) { return; }
  y[i] = changed(x[i], fields[field_of(plane) + (i - plane * pixels)], values_of(plane / shape.channels));
}
