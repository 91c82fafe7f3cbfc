// The pull-back of the pixel pass: what was seen is seen again, the intermediates of the points are computed again in registers,
// and the gradients of parameters summed over the thread's own pixels and written once, for `sum_rows` to add up in a fixed
// order. The gradient of what was seen is stored where it is wanted: for points it is that of the image; other kinds take it
// back to the image in a pass of their own.
@if(own_place) import package::generated::io::load_x;
@if(by_pixels) import package::generated::see::{ Scene, Seen, SeeSum, save_see, scene_of, see_again, see_back };
@if(by_quads) import package::generated::see::{ scene_of, see_quad };
@if(by_fours) import package::generated::see::{ Scene, Seen, SeeSum, save_see, scene_of, see_back, see_four_again };
@if(by_pixels || by_fours) import package::lib::plane::Plane;
import package::generated::io::{ load_g, plane_g, plane_x, plane_y, shape, store };
import package::generated::chain::{ Grads, Row, load_row, pull, save_grads };
import package::lib::pixel::Pixel;
import package::lib::quad::{ Quad, first, fourth, join, pick, put, second, third };
import package::lib::share::{ next, pixel, share };

// The pixel after another. Behind the last one of the plane it is that one again: nothing comes back from there, but what is
// seen there counts, and 0 times NaN is NaN.
@if(!by_pixels || whole_plane)
fn after(at: Pixel, width: f32, there: bool) -> Pixel { return next(at, width); }
@if(by_pixels && !whole_plane)
fn after(at: Pixel, width: f32, there: bool) -> Pixel {
  let n = next(at, width);
  return Pixel(select(at.x, n.x, there), select(at.y, n.y, there));
}

@if(by_pixels || by_fours)
fn back(
  seen: Seen, at: Pixel, scene: Scene, row: Row, gy: vec3f,
  sum: ptr<function, SeeSum>, grads: ptr<function, Grads>,
) -> vec3f {
  let g = pull(seen.value, row, at, gy, grads);
  see_back(seen, g, at, scene, row, sum, grads);
  return g;
}

// The four pixels of a quad; one after the other in a loop where the chain is long, as compilers write a loop's body once.
// `left` pixels are left of the plane.
@if(!by_pixels && !by_fours && !rolled)
fn four(x: Quad, g: Quad, row: Row, a: Pixel, width: f32, grads: ptr<function, Grads>) -> Quad {
  let b = next(a, width);
  let c = next(b, width);
  let d = next(c, width);
  return join(pull(first(x), row, a, first(g), grads), pull(second(x), row, b, second(g), grads), pull(third(x), row, c, third(g), grads), pull(fourth(x), row, d, fourth(g), grads));
}

@if(!by_pixels && !by_fours && rolled)
fn four(x: Quad, g: Quad, row: Row, a: Pixel, width: f32, grads: ptr<function, Grads>) -> Quad {
  var quad: Quad;
  var at = a;
  for (var i = 0u; i < 4u; i++) {
    quad = put(quad, i, pull(pick(x, i), row, at, pick(g, i), grads));
    at = next(at, width);
  }
  return quad;
}

@if(by_pixels && !rolled)
fn four(
  plane: Plane, g: Quad, scene: Scene, row: Row, a: Pixel, width: f32, left: u32,
  sum: ptr<function, SeeSum>, grads: ptr<function, Grads>,
) -> Quad {
  let b = after(a, width, left > 1u);
  let c = after(b, width, left > 2u);
  let d = after(c, width, left > 3u);
  let ga = back(see_again(plane, a, scene, row), a, scene, row, first(g), sum, grads);
  let gb = back(see_again(plane, b, scene, row), b, scene, row, second(g), sum, grads);
  let gc = back(see_again(plane, c, scene, row), c, scene, row, third(g), sum, grads);
  let gd = back(see_again(plane, d, scene, row), d, scene, row, fourth(g), sum, grads);
  return join(ga, gb, gc, gd);
}

@if(by_pixels && rolled)
fn four(
  plane: Plane, g: Quad, scene: Scene, row: Row, a: Pixel, width: f32, left: u32,
  sum: ptr<function, SeeSum>, grads: ptr<function, Grads>,
) -> Quad {
  var quad: Quad;
  var at = a;
  for (var i = 0u; i < 4u; i++) {
    quad = put(quad, i, back(see_again(plane, at, scene, row), at, scene, row, pick(g, i), sum, grads));
    at = after(at, width, left > i + 1u);
  }
  return quad;
}

@if(by_fours)
fn four(
  plane: Plane, g: Quad, scene: Scene, row: Row, a: Pixel, width: f32, left: u32,
  sum: ptr<function, SeeSum>, grads: ptr<function, Grads>,
) -> Quad {
  let b = next(a, width);
  let c = next(b, width);
  let d = next(c, width);
  let seen = see_four_again(plane, a, scene);
  let ga = back(seen.a, a, scene, row, first(g), sum, grads);
  let gb = back(seen.b, b, scene, row, second(g), sum, grads);
  let gc = back(seen.c, c, scene, row, third(g), sum, grads);
  let gd = back(seen.d, d, scene, row, fourth(g), sum, grads);
  return join(ga, gb, gc, gd);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let own = share(id);
  if (own.n >= shape.samples) { return; }
  let row = load_row(own.n, own.lane);
  @if(!own_place) let scene = scene_of(own.n, own.lane);
  let px = plane_x(own.n, own.lane);
  let pg = plane_g(own.n, own.lane);
  @if(seen_gradient) let py = plane_y(own.n, own.lane);
  let width = shape.out_width;
  @if(by_pixels || by_fours) let pixels = shape.pixels;
  @if(by_pixels || by_fours) var sum: SeeSum;
  var grads: Grads;
  var q = own.first;
  loop {
    @if(own_place) let gx = four(load_x(px, q), load_g(pg, q), row, pixel(q * 4u, width), f32(width), &grads);
    @if(by_quads) let gx = four(see_quad(px, q, scene), load_g(pg, q), row, pixel(q * 4u, width), f32(width), &grads);
    @if(by_pixels || by_fours) let gx = four(px, load_g(pg, q), scene, row, pixel(q * 4u, width), f32(width), pixels - q * 4u, &sum, &grads);
    @if(seen_gradient) store(py, q, gx);
    continuing { q += own.step; break if q >= own.end; }
  }
  save_grads(grads, own.n, own.lane, own.slot);
  @if(by_pixels || by_fours) save_see(sum, scene, own.n, own.lane, own.slot);
}
