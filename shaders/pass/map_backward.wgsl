// The pull-back of a row of maps to the matrix, and of the points that follow to their parameters. The gradient at the
// resample itself is stored where the gradient of the input is wanted too: `map_gather` reads it.
import package::generated::io::{ load_g, plane_g, plane_x, plane_y, shape, store };
import package::generated::chain::{ Grads, Row, load_row, pull, save_grads };
import package::generated::maps::{ save_matrix_grads, source_matrix };
import package::generated::fill::{ show, show_slope };
import package::lib::pixel::Pixel;
import package::lib::place::{ MatrixSum, Source, place, place_backward, source_of, through, whole_sum };
import package::lib::plane::Plane;
import package::lib::quad::{ Quad, first, fourth, join, pick, put, second, third };
import package::lib::sample::look_slope;
import package::lib::share::{ next, pixel, share };

// The pixel after another. Behind the last one of the plane it is that one again: nothing comes back from there, but what is
// seen there counts, and 0 times NaN is NaN.
@if(whole_plane)
fn after(at: Pixel, width: f32, there: bool) -> Pixel { return next(at, width); }
@if(!whole_plane)
fn after(at: Pixel, width: f32, there: bool) -> Pixel {
  let n = next(at, width);
  return Pixel(select(at.x, n.x, there), select(at.y, n.y, there));
}

fn back(
  plane: Plane, at: Pixel, source: Source, row: Row, gy: vec3f,
  gm: ptr<function, MatrixSum>, grads: ptr<function, Grads>,
) -> vec3f {
  let there = place(source.m, at);
  let s = look_slope(plane, there);
  let g = pull(through(source, show(s.value, s.outside, row)), row, at, gy, grads);
  let h = place_backward(there, show_slope(g, s, row, grads));
  (*gm)[0] += h * at.x;
  (*gm)[1] += h * at.y;
  (*gm)[2] += h;
  return g;
}

// The four pixels of a quad; one after the other in a loop where the chain is long, as compilers write a loop's body once.
// `left` pixels are left of the plane.
@if(!rolled)
fn four(
  plane: Plane, g: Quad, source: Source, row: Row, a: Pixel, width: f32, left: u32,
  gm: ptr<function, MatrixSum>, grads: ptr<function, Grads>,
) -> Quad {
  let b = after(a, width, left > 1u);
  let c = after(b, width, left > 2u);
  let d = after(c, width, left > 3u);
  let ga = back(plane, a, source, row, first(g), gm, grads);
  let gb = back(plane, b, source, row, second(g), gm, grads);
  let gc = back(plane, c, source, row, third(g), gm, grads);
  let gd = back(plane, d, source, row, fourth(g), gm, grads);
  return join(ga, gb, gc, gd);
}

@if(rolled)
fn four(
  plane: Plane, g: Quad, source: Source, row: Row, a: Pixel, width: f32, left: u32,
  gm: ptr<function, MatrixSum>, grads: ptr<function, Grads>,
) -> Quad {
  var made: Quad;
  var at = a;
  for (var i = 0u; i < 4u; i++) {
    made = put(made, i, back(plane, at, source, row, pick(g, i), gm, grads));
    at = after(at, width, left > i + 1u);
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
  let pg = plane_g(own.n, own.lane);
  @if(resample_gradient) let py = plane_y(own.n, own.lane);
  let width = shape.out_width;
  let pixels = shape.pixels;
  var gm: MatrixSum;
  var grads: Grads;
  var q = own.first;
  loop {
    let gx = four(px, load_g(pg, q), source, row, pixel(q * 4u, width), f32(width), pixels - q * 4u, &gm, &grads);
    @if(resample_gradient) store(py, q, gx);
    continuing { q += own.step; break if q >= own.end; }
  }
  save_grads(grads, own.n, own.lane, own.slot);
  let g = whole_sum(gm);
  save_matrix_grads(mat3x3f(through(source, g[0]), through(source, g[1]), through(source, g[2])), own.n, own.slot);
}
