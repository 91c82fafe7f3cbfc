// The pull-back of a chain of points: the intermediates are computed again in registers, the gradients of the parameters
// summed over the thread's own pixels and written once, for `sum_rows` to add up in a fixed order.
import package::generated::io::{ GROUPS, load_g, load_x, shape, store };
import package::generated::chain::{ Grads, load_row, pull, save_grads };
import package::lib::quad::{ first, turn };
import package::lib::thread::{ LINE, next, pixel };

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let owner = index / shape.threads;
  if (owner >= shape.samples * GROUPS) { return; }
  let n = owner / GROUPS;
  let group = owner % GROUPS;
  let lane = group * 3u;
  let row = load_row(n, lane);
  var grads: Grads;
  for (var q = index % shape.threads; q < shape.quads; q += shape.threads) {
    var x = load_x(n, lane, q);
    var g = load_g(n, lane, q);
    var at = pixel(q * 4u, shape.width);
    for (var k = 0; k < 4; k++) {
      g = turn(g, pull(first(x), row, at, first(g), &grads));
      x = turn(x, first(x));
      at = next(at, shape.width);
    }
    @if(image_gradient) store(n, lane, q, g);
  }
  save_grads(grads, n, lane, group * shape.threads + index % shape.threads);
}
