// The matrix of a row of maps, source to destination, row by row: one thread per sample.
import package::generated::io::{ matrices, shape };
import package::generated::maps::destination_matrix;
import package::lib::thread::LINE;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let n = id.x + id.y * LINE;
  if (n >= shape.samples) { return; }
  let m = destination_matrix(n);
  for (var i = 0u; i < 9u; i++) { matrices[9u * n + i] = m[i % 3u][i / 3u]; }
}
