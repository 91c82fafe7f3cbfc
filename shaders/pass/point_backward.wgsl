// The pull-back of a chain of points: the intermediates are computed again in registers, the gradients of the parameters
// summed over the thread's own pixels and written once, for `sum_rows` to add up in a fixed order.
import package::generated::io::{ load_g, load_x, plane_g, plane_x, plane_y, shape, store };
import package::generated::chain::{ Grads, load_row, pull, save_grads };
import package::lib::quad::{ first, fourth, join, second, third };
import package::lib::share::{ next, pixel, share };

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let own = share(id);
  if (own.n >= shape.samples) { return; }
  let row = load_row(own.n, own.lane);
  let px = plane_x(own.n, own.lane);
  let pg = plane_g(own.n, own.lane);
  @if(image_gradient) let py = plane_y(own.n, own.lane);
  let width = shape.width;
  var grads: Grads;
  var q = own.first;
  loop {
    let x = load_x(px, q);
    let g = load_g(pg, q);
    let a = pixel(q * 4u, width);
    let b = next(a, f32(width));
    let c = next(b, f32(width));
    let d = next(c, f32(width));
    let ga = pull(first(x), row, a, first(g), &grads);
    let gb = pull(second(x), row, b, second(g), &grads);
    let gc = pull(third(x), row, c, third(g), &grads);
    let gd = pull(fourth(x), row, d, fourth(g), &grads);
    @if(image_gradient) store(py, q, join(ga, gb, gc, gd));
    continuing { q += own.step; break if q >= own.end; }
  }
  save_grads(grads, own.n, own.lane, own.slot);
}
