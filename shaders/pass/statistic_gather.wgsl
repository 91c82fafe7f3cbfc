// The reading pass of a statistic per channel: what is seen, the chain up to the transform that needs it, and what each thread gathers of the
// pixels that it sees.
@if(own_place) import package::generated::io::load_x;
@if(!own_place) import package::generated::see::{ scene_of, see };
@if(!own_place) import package::lib::seen::seen;
import package::generated::io::{ plane_x, save_word, shape };
import package::generated::chain::{ Row, load_row, measure };
@if(some) import package::generated::chain::asks;
import package::generated::statistic::{ Part, WORDS, begin, with_pixel, words };
import package::lib::pixel::Pixel;
import package::lib::quad::{ Quad, first, fourth, pick, second, third };
import package::lib::share::{ next, pixel, share };

// The four pixels of a quad; one after the other in a loop where the chain is long, as compilers write a loop's body once.
@if(!rolled)
fn four(part: Part, x: Quad, row: Row, i: u32, pixels: u32, a: Pixel, width: f32) -> Part {
  let b = next(a, width);
  let c = next(b, width);
  let d = next(c, width);
  let pa = with_pixel(part, measure(first(x), row, a), i, true);
  let pb = with_pixel(pa, measure(second(x), row, b), i + 1u, i + 1u < pixels);
  let pc = with_pixel(pb, measure(third(x), row, c), i + 2u, i + 2u < pixels);
  return with_pixel(pc, measure(fourth(x), row, d), i + 3u, i + 3u < pixels);
}

@if(rolled)
fn four(part: Part, x: Quad, row: Row, start: u32, pixels: u32, a: Pixel, width: f32) -> Part {
  var seen = part;
  var at = a;
  for (var i = 0u; i < 4u; i++) {
    seen = with_pixel(seen, measure(pick(x, i), row, at), start + i, start + i < pixels);
    at = next(at, width);
  }
  return seen;
}

// Nobody looks at what is found for a sample that does not ask.
@if(some)
fn leave(n: u32, slot: u32) {
  for (var k = 0u; k < WORDS; k++) { save_word(k, n, slot, vec3u(0u)); }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let own = share(id);
  if (own.n >= shape.samples) { return; }
  let row = load_row(own.n, own.lane);
  @if(some) if (!asks(row)) { leave(own.n, own.slot); return; }
  @if(!own_place) let scene = scene_of(own.n, own.lane);
  let px = plane_x(own.n, own.lane);
  @if(own_place) let width = shape.width;
  @if(!own_place) let width = shape.out_width;
  let pixels = shape.pixels;
  @if(own_place) var part = begin(measure(first(load_x(px, 0u)), row, pixel(0u, width)));
  @if(!own_place) var part = begin(measure(see(px, pixel(0u, width), scene, row), row, pixel(0u, width)));
  var q = own.first;
  loop {
    @if(own_place) part = four(part, load_x(px, q), row, q * 4u, pixels, pixel(q * 4u, width), f32(width));
    @if(!own_place) part = four(part, seen(px, scene, row, pixel(q * 4u, width), f32(width)), row, q * 4u, pixels, pixel(q * 4u, width), f32(width));
    continuing { q += own.step; break if q >= own.end; }
  }
  var all = words(part);
  for (var k = 0u; k < WORDS; k++) { save_word(k, own.n, own.slot, all[k]); }
}
