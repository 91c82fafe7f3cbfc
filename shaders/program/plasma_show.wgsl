// The image under its field, each value by itself.
import package::lib::thread::LINE;
import package::program::plasma_change::{ changed, fields, own_four, shape, values_of, x };

@group(0) @binding(4) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let own = own_four(id.x + id.y * LINE);
  if (own.n >= shape.samples) { return; }
  let values = values_of(own.n);
  for (var k = 0u; k < own.count; k++) { y[own.at + k] = changed(x[own.at + k], fields[own.in_field + k], values); }
}
