// A chain of point transforms: read a pixel once, apply all of them in registers, write once.
// A thread owns every `threads`-th quad of one sample (and of one group of three channels), so that parameters are loaded once.
import package::generated::io::{ load_x, plane_x, plane_y, shape, store };
import package::generated::chain::{ Row, load_row, run };
import package::lib::pixel::Pixel;
import package::lib::quad::{ Quad, first, fourth, join, pick, put, second, third };
import package::lib::share::{ next, pixel, share };

// The four pixels of a quad; one after the other in a loop where the chain is long, as compilers write a loop's body once.
@if(!rolled)
fn four(x: Quad, row: Row, a: Pixel, width: f32) -> Quad {
  let b = next(a, width);
  let c = next(b, width);
  let d = next(c, width);
  return join(run(first(x), row, a), run(second(x), row, b), run(third(x), row, c), run(fourth(x), row, d));
}

@if(rolled)
fn four(x: Quad, row: Row, a: Pixel, width: f32) -> Quad {
  var made: Quad;
  var at = a;
  for (var i = 0u; i < 4u; i++) {
    made = put(made, i, run(pick(x, i), row, at));
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
  let py = plane_y(own.n, own.lane);
  let width = shape.width;
  var q = own.first;
  loop {
    store(py, q, four(load_x(px, q), row, pixel(q * 4u, width), f32(width)));
    continuing { q += own.step; break if q >= own.end; }
  }
}
