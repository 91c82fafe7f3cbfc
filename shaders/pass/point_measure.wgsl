// The reading pass of a statistic: the chain up to the transform that needs it, and the sum of its measure.
import package::generated::io::{ load_x, save_sum, shape };
import package::generated::chain::{ load_row, measure };
import package::lib::quad::{ first, turn };
import package::lib::thread::{ LINE, next, pixel };

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let n = index / shape.threads;
  if (n >= shape.samples) { return; }
  let row = load_row(n, 0u);
  var sum = 0.0;
  for (var q = index % shape.threads; q < shape.quads; q += shape.threads) {
    var x = load_x(n, 0u, q);
    var at = pixel(q * 4u, shape.width);
    for (var k = 0u; k < 4u; k++) {
      if (q * 4u + k < shape.pixels) { sum += measure(first(x), row, at); }
      x = turn(x, first(x));
      at = next(at, shape.width);
    }
  }
  save_sum(sum, n, index % shape.threads);
}
