// The pull-back of a chain of points: the intermediates are computed again in registers, the gradients of the parameters
// summed over the thread's own pixels and written once, for `sum_rows` to add up in a fixed order.
import package::generated::io::{ GROUPS, load_g, load_x, shape, store };
import package::generated::chain::{ Grads, load_row, pull, save_grads };
import package::lib::quad::gather;
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
    let at0 = pixel(q * 4u, shape.width);
    let at1 = next(at0, shape.width);
    let at2 = next(at1, shape.width);
    let at3 = next(at2, shape.width);
    let g0 = pull(vec3f(x.a.x, x.b.x, x.c.x), row, at0, vec3f(g.a.x, g.b.x, g.c.x), &grads);
    let g1 = pull(vec3f(x.a.y, x.b.y, x.c.y), row, at1, vec3f(g.a.y, g.b.y, g.c.y), &grads);
    let g2 = pull(vec3f(x.a.z, x.b.z, x.c.z), row, at2, vec3f(g.a.z, g.b.z, g.c.z), &grads);
    let g3 = pull(vec3f(x.a.w, x.b.w, x.c.w), row, at3, vec3f(g.a.w, g.b.w, g.c.w), &grads);
    @if(image_gradient) store(n, lane, q, gather(g0, g1, g2, g3));
  }
  save_grads(grads, n, lane, group * shape.threads + index % shape.threads);
}
