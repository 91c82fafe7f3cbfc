// The reading pass of a statistic per channel: the chain up to the transform that needs it, and what each thread gathers of the
// pixels that it sees.
import package::generated::io::{ load_x, plane_x, save_word, shape };
import package::generated::chain::{ Row, load_row, measure };
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

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let own = share(id);
  if (own.n >= shape.samples) { return; }
  let row = load_row(own.n, own.lane);
  let px = plane_x(own.n, own.lane);
  let width = shape.width;
  let pixels = shape.pixels;
  var part = begin(measure(first(load_x(px, 0u)), row, pixel(0u, width)));
  var q = own.first;
  loop {
    part = four(part, load_x(px, q), row, q * 4u, pixels, pixel(q * 4u, width), f32(width));
    continuing { q += own.step; break if q >= own.end; }
  }
  var all = words(part);
  for (var k = 0u; k < WORDS; k++) { save_word(k, own.n, own.slot, all[k]); }
}
