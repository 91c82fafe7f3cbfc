// Where pixels are seen beyond the image: the strips of taps that padding resolves to them, along one axis, for four pixels at a
// time. All of it is in whole numbers, as floats.
import package::lib::cheap::within;
import package::lib::place::FAR;

struct Strips { low: vec4f, high: vec4f }

// Beyond every tap: where a strip without an end ends.
const OPEN: f32 = 1.0e7;

// The strips of pixels that are not there hold no tap.
fn only(s: Strips, there: vec4<bool>) -> Strips {
  return Strips(select(vec4f(OPEN), s.low, there), select(vec4f(-OPEN), s.high, there));
}

@if(pad_zeros)
fn strips_of(q: vec4f, size: f32) -> Strips { return Strips(q, q); }

// A pixel of the border is seen everywhere beyond it.
@if(pad_border)
fn strips_of(q: vec4f, size: f32) -> Strips {
  return Strips(select(q, vec4f(-OPEN), q == vec4f(0.0)), select(q, vec4f(OPEN), q == vec4f(size - 1.0)));
}

// Mirrors show an axis in cells, of which number k begins at k spans: the even ones as it is, the odd ones turned around.
// Around and around, none is turned.
@if(pad_reflection)
fn span(size: f32) -> f32 { return size - 1.0; }
@if(pad_symmetric || pad_circular)
fn span(size: f32) -> f32 { return size; }

// The cells that have taps between `low` and `high`. An axis of one pixel is one cell.
@if(pad_reflection || pad_symmetric || pad_circular)
fn cells(size: f32, low: f32, high: f32) -> vec2i {
  if (size == 1.0) { return vec2i(0); }
  let first = within(low, -FAR, FAR) - 3.0;
  let last = within(high, -FAR, FAR) + 3.0;
  return vec2i(vec2f(floor(first / span(size)), floor(last / span(size))));
}

@if(pad_reflection || pad_symmetric || pad_circular)
fn strips_in(k: i32, q: vec4f, size: f32) -> Strips {
  if (size == 1.0) { return Strips(vec4f(-OPEN), vec4f(OPEN)); }
  let turned = (k & 1) == 1;
  @if(pad_circular) let at = f32(k) * span(size) + q;
  @if(!pad_circular) let at = f32(k) * span(size) + select(q, size - 1.0 - q, turned);
  // About the outermost pixels, these are their own mirror images.
  @if(pad_reflection) return only(Strips(at, at), !(vec4<bool>(turned) & ((q == vec4f(0.0)) | (q == vec4f(size - 1.0)))));
  @if(!pad_reflection) return Strips(at, at);
}

// The taps of the cells −1, 0 and 1.
@if(pad_reflection || pad_symmetric || pad_circular)
fn three_cells(size: f32) -> vec2f {
  if (size == 1.0) { return vec2f(-OPEN, OPEN); }
  @if(pad_reflection) return vec2f(1.0 - span(size), 2.0 * span(size) - 1.0);
  @if(!pad_reflection) return vec2f(-span(size), 2.0 * span(size) - 1.0);
}
