// The gradient of a statistic: the incoming gradient pulled back to the transform that uses it, summed over the image.
import package::generated::io::{ load_g, load_x, save_sum, shape };
import package::generated::chain::{ load_row, pull_statistic };
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
    var g = load_g(n, 0u, q);
    var at = pixel(q * 4u, shape.width);
    for (var k = 0; k < 4; k++) {
      sum += pull_statistic(first(x), row, at, first(g));
      x = turn(x, first(x));
      g = turn(g, first(g));
      at = next(at, shape.width);
    }
  }
  save_sum(sum, n, index % shape.threads);
}
