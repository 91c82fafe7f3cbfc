// A row of maps, composed to one, and the points that follow: where does this output pixel look, what does it see there.
import package::generated::io::{ plane_x, plane_y, shape, store };
import package::generated::chain::{ Row, load_row, run };
import package::generated::maps::source_matrix;
import package::lib::pixel::Pixel;
import package::lib::place::{ Source, place, source_of, through };
import package::lib::plane::Plane;
import package::lib::quad::{ Quad, join, put };
import package::lib::sample::look;
import package::generated::fill::show;
import package::lib::share::{ next, pixel, share };

fn see(plane: Plane, at: Pixel, source: Source, row: Row) -> vec3f {
  let seen = look(plane, place(source.m, at));
  return run(through(source, show(seen.value, seen.outside, row)), row, at);
}

// The four pixels of a quad; one after the other in a loop where the chain is long, as compilers write a loop's body once.
@if(!rolled)
fn four(plane: Plane, source: Source, row: Row, a: Pixel, width: f32) -> Quad {
  let b = next(a, width);
  let c = next(b, width);
  let d = next(c, width);
  return join(see(plane, a, source, row), see(plane, b, source, row), see(plane, c, source, row), see(plane, d, source, row));
}

@if(rolled)
fn four(plane: Plane, source: Source, row: Row, a: Pixel, width: f32) -> Quad {
  var made: Quad;
  var at = a;
  for (var i = 0u; i < 4u; i++) {
    made = put(made, i, see(plane, at, source, row));
    at = next(at, width);
  }
  return made;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let own = share(id);
  if (own.n >= shape.samples) { return; }
  let row = load_row(own.n, own.lane);
  let source = source_of(source_matrix(own.n));
  let px = plane_x(own.n, own.lane);
  let py = plane_y(own.n, own.lane);
  let width = shape.out_width;
  var q = own.first;
  loop {
    store(py, q, four(px, source, row, pixel(q * 4u, width), f32(width)));
    continuing { q += own.step; break if q >= own.end; }
  }
}
