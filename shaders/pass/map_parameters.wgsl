// From the gradient of a row's inverse matrix to those of its maps' parameters: one thread per sample.
import package::generated::io::shape;
import package::generated::maps::pull_matrix;
import package::lib::thread::LINE;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let n = id.x + id.y * LINE;
  if (n < shape.samples) { pull_matrix(n); }
}
