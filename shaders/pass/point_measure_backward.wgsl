// What the gradient of a statistic adds to the gradients of the image and of the parameters: every pixel has a share in it.
import package::generated::io::{ load_x, plane_x, plane_y, shape, store };
import package::generated::chain::{ Grads, Row, load_row, pull_statistic, save_grads };
import package::lib::pixel::Pixel;
import package::lib::quad::{ Quad, first, fourth, join, pick, put, second, third };
import package::lib::share::{ next, pixel, share };

// The four pixels of a quad; one after the other in a loop where the chain is long, as compilers write a loop's body once.
@if(!rolled)
fn four(x: Quad, row: Row, a: Pixel, width: f32, grads: ptr<function, Grads>) -> Quad {
  let b = next(a, width);
  let c = next(b, width);
  let d = next(c, width);
  return join(pull_statistic(first(x), row, a, grads), pull_statistic(second(x), row, b, grads), pull_statistic(third(x), row, c, grads), pull_statistic(fourth(x), row, d, grads));
}

@if(rolled)
fn four(x: Quad, row: Row, a: Pixel, width: f32, grads: ptr<function, Grads>) -> Quad {
  var made: Quad;
  var at = a;
  for (var i = 0u; i < 4u; i++) {
    made = put(made, i, pull_statistic(pick(x, i), row, at, grads));
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
  @if(image_gradient) let py = plane_y(own.n, own.lane);
  let width = shape.width;
  var grads: Grads;
  var q = own.first;
  loop {
    let gx = four(load_x(px, q), row, pixel(q * 4u, width), f32(width), &grads);
    @if(image_gradient) store(py, q, gx);
    continuing { q += own.step; break if q >= own.end; }
  }
  save_grads(grads, own.n, own.lane, own.slot);
}
