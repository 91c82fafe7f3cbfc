// The weights of a stencil that is a weighted sum: one thread for each sample. Normalised, they are divided by the sum of their
// absolute values.
import package::generated::io::{ shape, table };
import package::generated::weights::{ CELLS, weight_of };
import package::lib::thread::LINE;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let n = id.x + id.y * LINE;
  if (n >= shape.samples) { return; }
  var total = 0.0;
  for (var k = 0u; k < CELLS; k++) {
    let w = weight_of(n, k);
    total += abs(w);
    table[n * CELLS + k] = w;
  }
  @if(normalized)
  for (var k = 0u; k < CELLS; k++) { table[n * CELLS + k] = weight_of(n, k) / total; }
}
