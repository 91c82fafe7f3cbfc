// The pull-back of a chain of points: the intermediates are computed again in registers, the gradients of the parameters
// summed over the thread's own pixels and written once, for `sum_rows` to add up in a fixed order.
import package::generated::io::{ GROUPS, load_g, load_x, shape, store };
import package::generated::chain::{ Grads, load_row, pull, save_grads };
import package::lib::quad::{ first, fourth, join, second, third };
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
    let x = load_x(n, lane, q);
    let g = load_g(n, lane, q);
    let a = pixel(q * 4u, shape.width);
    let b = next(a, shape.width);
    let c = next(b, shape.width);
    let d = next(c, shape.width);
    let ga = pull(first(x), row, a, first(g), &grads);
    let gb = pull(second(x), row, b, second(g), &grads);
    let gc = pull(third(x), row, c, third(g), &grads);
    let gd = pull(fourth(x), row, d, fourth(g), &grads);
    @if(image_gradient) store(n, lane, q, join(ga, gb, gc, gd));
  }
  save_grads(grads, n, lane, group * shape.threads + index % shape.threads);
}
