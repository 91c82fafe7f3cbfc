// What the gradient of a statistic adds to the gradients of the image and of the parameters: every pixel has a share in it.
@if(own_place) import package::generated::io::load_x;
@if(!own_place) import package::generated::see::{ Scene, SeeSum, save_see, scene_of, see, see_again, see_back };
@if(!own_place) import package::lib::plane::Plane;
import package::generated::io::{ plane_x, plane_y, shape, store };
import package::generated::chain::{ Grads, Row, load_row, pull_statistic, save_grads };
@if(some) import package::generated::chain::asks;
import package::lib::pixel::Pixel;
import package::lib::quad::{ Quad, first, fourth, join, pick, put, second, third };
import package::lib::share::{ next, pixel, share };

// Nothing comes back from beyond the last pixel.
@if(!own_place)
fn back(plane: Plane, at: Pixel, scene: Scene, row: Row, sum: ptr<function, SeeSum>, grads: ptr<function, Grads>) -> vec3f {
  if (at.y >= f32(shape.out_height)) { return vec3f(0.0); }
  @if(!sight_learns) return pull_statistic(see(plane, at, scene, row), row, at, grads);
  @if(sight_learns) let seen = see_again(plane, at, scene, row);
  @if(sight_learns) let g = pull_statistic(seen.value, row, at, grads);
  @if(sight_learns) see_back(seen, g, at, scene, row, sum, grads);
  @if(sight_learns) return g;
}

// Seeing takes much code, which is there once.
@if(!own_place)
fn four(
  plane: Plane, scene: Scene, row: Row, a: Pixel, width: f32,
  sum: ptr<function, SeeSum>, grads: ptr<function, Grads>,
) -> Quad {
  var made: Quad;
  var at = a;
  for (var i = 0u; i < 4u; i++) {
    made = put(made, i, back(plane, at, scene, row, sum, grads));
    at = next(at, width);
  }
  return made;
}

// The four pixels of a quad; one after the other in a loop where the chain is long, as compilers write a loop's body once.
@if(own_place && !rolled)
fn four(x: Quad, row: Row, a: Pixel, width: f32, grads: ptr<function, Grads>) -> Quad {
  let b = next(a, width);
  let c = next(b, width);
  let d = next(c, width);
  return join(pull_statistic(first(x), row, a, grads), pull_statistic(second(x), row, b, grads), pull_statistic(third(x), row, c, grads), pull_statistic(fourth(x), row, d, grads));
}

@if(own_place && rolled)
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
  @if(some) if (!asks(row)) { return; }
  @if(!own_place) let scene = scene_of(own.n, own.lane);
  let px = plane_x(own.n, own.lane);
  @if(image_gradient) let py = plane_y(own.n, own.lane);
  @if(own_place) let width = shape.width;
  @if(!own_place) let width = shape.out_width;
  @if(!own_place) var sum: SeeSum;
  var grads: Grads;
  var q = own.first;
  loop {
    @if(own_place) let gx = four(load_x(px, q), row, pixel(q * 4u, width), f32(width), &grads);
    @if(!own_place) let gx = four(px, scene, row, pixel(q * 4u, width), f32(width), &sum, &grads);
    @if(image_gradient) store(py, q, gx);
    continuing { q += own.step; break if q >= own.end; }
  }
  save_grads(grads, own.n, own.lane, own.slot);
  @if(!own_place && sight_learns) save_see(sum, scene, own.n, own.lane, own.slot);
}
