// The reading pass of a statistic: what is seen, the chain up to the transform that needs it, and the sum of its measure.
@if(own_place) import package::generated::io::load_x;
@if(!own_place) import package::generated::see::scene_of;
@if(!own_place) import package::lib::seen::seen;
import package::generated::io::{ plane_x, save_sum, shape };
import package::generated::chain::{ Row, load_row, measure };
@if(some) import package::generated::chain::asks;
import package::lib::pixel::Pixel;
import package::lib::quad::{ Quad, first, fourth, pick, second, third };
import package::lib::share::{ next, pixel, share };

// The four pixels of a quad; one after the other in a loop where the chain is long, as compilers write a loop's body once.
@if(!rolled)
fn four(x: Quad, row: Row, a: Pixel, width: f32) -> vec4f {
  let b = next(a, width);
  let c = next(b, width);
  let d = next(c, width);
  return vec4f(measure(first(x), row, a), measure(second(x), row, b), measure(third(x), row, c), measure(fourth(x), row, d));
}

@if(rolled)
fn four(x: Quad, row: Row, a: Pixel, width: f32) -> vec4f {
  var made: vec4f;
  var at = a;
  for (var i = 0u; i < 4u; i++) {
    made[i] = measure(pick(x, i), row, at);
    at = next(at, width);
  }
  return made;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let own = share(id);
  if (own.n >= shape.samples) { return; }
  let row = load_row(own.n, own.lane);
  @if(some) if (!asks(row)) { save_sum(0.0, own.n, own.slot); return; }
  @if(!own_place) let scene = scene_of(own.n, own.lane);
  let px = plane_x(own.n, own.lane);
  @if(own_place) let width = shape.width;
  @if(!own_place) let width = shape.out_width;
  let pixels = shape.pixels;
  var sum = 0.0;
  var q = own.first;
  loop {
    @if(own_place) let values = four(load_x(px, q), row, pixel(q * 4u, width), f32(width));
    @if(!own_place) let values = four(seen(px, scene, row, pixel(q * 4u, width), f32(width)), row, pixel(q * 4u, width), f32(width));
    // What is read beyond the last pixel does not count.
    let there = vec4u(q * 4u) + vec4u(0u, 1u, 2u, 3u) < vec4u(pixels);
    sum += dot(select(vec4f(0.0), values, there), vec4f(1.0));
    continuing { q += own.step; break if q >= own.end; }
  }
  save_sum(sum, own.n, own.slot);
}
