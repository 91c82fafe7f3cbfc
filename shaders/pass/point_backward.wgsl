// The pull-back of a chain of points: the intermediates are computed again in registers, the gradients of the parameters
// summed over the thread's own pixels and written once, for `sum_rows` to add up in a fixed order.
import package::generated::io::{ load_g, load_x, plane_g, plane_x, plane_y, shape, store };
import package::generated::chain::{ Grads, Row, load_row, pull, save_grads };
import package::lib::pixel::Pixel;
import package::lib::quad::{ Quad, first, fourth, join, pick, put, second, third };
import package::lib::share::{ next, pixel, share };

// The four pixels of a quad; one after the other in a loop where the chain is long, as compilers write a loop's body once.
@if(!rolled)
fn four(x: Quad, g: Quad, row: Row, a: Pixel, width: f32, grads: ptr<function, Grads>) -> Quad {
  let b = next(a, width);
  let c = next(b, width);
  let d = next(c, width);
  return join(pull(first(x), row, a, first(g), grads), pull(second(x), row, b, second(g), grads), pull(third(x), row, c, third(g), grads), pull(fourth(x), row, d, fourth(g), grads));
}

@if(rolled)
fn four(x: Quad, g: Quad, row: Row, a: Pixel, width: f32, grads: ptr<function, Grads>) -> Quad {
  var made: Quad;
  var at = a;
  for (var i = 0u; i < 4u; i++) {
    made = put(made, i, pull(pick(x, i), row, at, pick(g, i), grads));
    at = next(at, width);
  }
  return made;
}

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
    let gx = four(load_x(px, q), load_g(pg, q), row, pixel(q * 4u, width), f32(width), &grads);
    @if(image_gradient) store(py, q, gx);
    continuing { q += own.step; break if q >= own.end; }
  }
  save_grads(grads, own.n, own.lane, own.slot);
}
