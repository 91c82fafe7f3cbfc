// A row of maps, composed to one, and the points that follow: where does this output pixel look, what does it see there.
import package::generated::io::{ plane_x, plane_y, shape, store };
import package::generated::chain::{ Row, load_row, run };
import package::generated::maps::source_matrix;
import package::lib::pixel::Pixel;
import package::lib::place::{ Source, place, source_of, through };
import package::lib::plane::Plane;
import package::lib::quad::join;
import package::lib::sample::look;
import package::generated::fill::show;
import package::lib::share::{ next, pixel, share };

fn see(plane: Plane, at: Pixel, source: Source, row: Row) -> vec3f {
  let seen = look(plane, place(source.m, at));
  return run(through(source, show(seen.value, seen.outside, row)), row, at);
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
    let a = pixel(q * 4u, width);
    let b = next(a, f32(width));
    let c = next(b, f32(width));
    let d = next(c, f32(width));
    store(py, q, join(see(px, a, source, row), see(px, b, source, row), see(px, c, source, row), see(px, d, source, row)));
    continuing { q += own.step; break if q >= own.end; }
  }
}
