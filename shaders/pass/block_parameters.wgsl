// From the gradient of a table to those of the parameters that it is made of: one thread per sample.
import package::generated::transform::{ pull_entries, shape };
import package::lib::thread::LINE;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let n = id.x + id.y * LINE;
  if (n < shape.samples) { pull_entries(n); }
}
