// The pixel pass: what a kind sees at each pixel of the result, and the points that follow, in registers. Points alone see their
// own pixel (`own_place`); kinds see one pixel at a time (`by_pixels`), the four of a quad (`by_quads`), or four that lie in
// one row (`by_fours`). A thread owns every `threads`-th quad of one sample and one group of three channels, so that parameters are
// loaded once.
@if(own_place) import package::generated::io::load_x;
@if(by_pixels) import package::generated::see::{ Scene, scene_of, see };
@if(by_quads) import package::generated::see::{ scene_of, see_quad };
@if(by_fours) import package::generated::see::{ scene_of, see_four };
@if(by_pixels) import package::lib::plane::Plane;
import package::generated::io::{ plane_x, plane_y, shape, store };
import package::generated::chain::{ Row, load_row, run };
import package::lib::pixel::Pixel;
import package::lib::quad::{ Quad, first, fourth, join, pick, put, second, third };
import package::lib::share::{ next, pixel, share };

@if(by_pixels)
fn made(plane: Plane, at: Pixel, scene: Scene, row: Row) -> vec3f { return run(see(plane, at, scene, row), row, at); }

// The four pixels of a quad; one after the other in a loop where the chain is long, as compilers write a loop's body once.
@if(!by_pixels && !rolled)
fn four(x: Quad, row: Row, a: Pixel, width: f32) -> Quad {
  let b = next(a, width);
  let c = next(b, width);
  let d = next(c, width);
  return join(run(first(x), row, a), run(second(x), row, b), run(third(x), row, c), run(fourth(x), row, d));
}

@if(!by_pixels && rolled)
fn four(x: Quad, row: Row, a: Pixel, width: f32) -> Quad {
  var quad: Quad;
  var at = a;
  for (var i = 0u; i < 4u; i++) {
    quad = put(quad, i, run(pick(x, i), row, at));
    at = next(at, width);
  }
  return quad;
}

@if(by_pixels && !rolled)
fn four(plane: Plane, scene: Scene, row: Row, a: Pixel, width: f32) -> Quad {
  let b = next(a, width);
  let c = next(b, width);
  let d = next(c, width);
  return join(made(plane, a, scene, row), made(plane, b, scene, row), made(plane, c, scene, row), made(plane, d, scene, row));
}

@if(by_pixels && rolled)
fn four(plane: Plane, scene: Scene, row: Row, a: Pixel, width: f32) -> Quad {
  var quad: Quad;
  var at = a;
  for (var i = 0u; i < 4u; i++) {
    quad = put(quad, i, made(plane, at, scene, row));
    at = next(at, width);
  }
  return quad;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let own = share(id);
  if (own.n >= shape.samples) { return; }
  let row = load_row(own.n, own.lane);
  @if(!own_place) let scene = scene_of(own.n, own.lane);
  let px = plane_x(own.n, own.lane);
  let py = plane_y(own.n, own.lane);
  let width = shape.out_width;
  var q = own.first;
  loop {
    @if(own_place) store(py, q, four(load_x(px, q), row, pixel(q * 4u, width), f32(width)));
    @if(by_quads) store(py, q, four(see_quad(px, q, scene), row, pixel(q * 4u, width), f32(width)));
    @if(by_fours) let at = pixel(q * 4u, width);
    @if(by_fours) store(py, q, four(see_four(px, at, scene), row, at, f32(width)));
    @if(by_pixels) store(py, q, four(px, scene, row, pixel(q * 4u, width), f32(width)));
    continuing { q += own.step; break if q >= own.end; }
  }
}
