// From the gradients of a stencil's weights to those of its parameters: one thread for each sample. Of w / Σ|w| the gradient is
// (g − sign(w) Σ g w / Σ|w|) / Σ|w|.
import package::generated::io::{ shape, total };
import package::generated::weights::{ CELLS, pull_weight, save_sums, weight_of, Params };
import package::lib::thread::LINE;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let n = id.x + id.y * LINE;
  if (n >= shape.samples) { return; }
  var size = 1.0;
  var product = 0.0;
  @if(normalized) {
    size = 0.0;
    for (var k = 0u; k < CELLS; k++) {
      let w = weight_of(n, k);
      size += abs(w);
      product += total(k, n) * w;
    }
    product = product / size;
  }
  var sums: Params;
  for (var k = 0u; k < CELLS; k++) {
    pull_weight(n, k, (total(k, n) - sign(weight_of(n, k)) * product) / size, &sums);
  }
  save_sums(n, sums);
}
