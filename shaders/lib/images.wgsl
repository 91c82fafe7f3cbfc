// Where pixels are seen beyond the image: the strips of tap positions that padding resolves to them, along one axis, for four
// pixels at a time. `low` and `high` bound the taps that any output pixel has. All of it is in whole numbers, as floats.
import package::lib::cheap::within;

struct Strips { low: vec4f, high: vec4f }

const NOWHERE: f32 = 4.0e6;

fn bound(v: f32) -> f32 { return within(v, -NOWHERE, NOWHERE); }

// The strips of pixels that are not there hold no tap.
fn only(s: Strips, there: vec4<bool>) -> Strips {
  return Strips(select(vec4f(NOWHERE), s.low, there), select(vec4f(-NOWHERE), s.high, there));
}

// Without mirrors a pixel is seen once.
@if(pad_zeros || pad_border)
fn image_count(size: f32, low: f32, high: f32) -> vec2i { return vec2i(0, 0); }

@if(pad_zeros)
fn image_strips(q: vec4f, size: f32, k: i32, low: f32, high: f32) -> Strips { return Strips(q, q); }

// A pixel of the border is seen everywhere beyond it.
@if(pad_border)
fn image_strips(q: vec4f, size: f32, k: i32, low: f32, high: f32) -> Strips {
  let first = min(q, vec4f(floor(bound(low))));
  let last = max(q, vec4f(ceil(bound(high))));
  return Strips(select(q, first, q == vec4f(0.0)), select(q, last, q == vec4f(size - 1.0)));
}

// In mirrors it is seen twice in every period: at even k as it is, at odd k turned around.
@if(pad_reflection)
fn period(size: f32) -> f32 { return 2.0 * (size - 1.0); }

@if(pad_symmetric)
fn period(size: f32) -> f32 { return 2.0 * size; }

// Around and around: once in every period.
@if(pad_circular)
fn image_count(size: f32, low: f32, high: f32) -> vec2i {
  return vec2i(i32(floor(bound(low) / size)), i32(floor(bound(high) / size)));
}

@if(pad_circular)
fn image_strips(q: vec4f, size: f32, k: i32, low: f32, high: f32) -> Strips {
  let at = q + f32(k) * size;
  return Strips(at, at);
}

@if(pad_reflection || pad_symmetric)
fn image_count(size: f32, low: f32, high: f32) -> vec2i {
  let p = period(size);
  if (p == 0.0) { return vec2i(0, 0); }
  return vec2i(2 * i32(floor(bound(low) / p)) - 1, 2 * i32(floor(bound(high) / p)) + 2);
}

@if(pad_reflection)
fn image_strips(q: vec4f, size: f32, k: i32, low: f32, high: f32) -> Strips {
  if (size == 1.0) { return Strips(vec4f(floor(bound(low))), vec4f(ceil(bound(high)))); }
  let turned = (k & 1) == 1;
  let cell = f32((k - (k & 1)) / 2) * period(size);
  let at = select(cell + q, cell + period(size) - q, turned);
  // The outermost pixels are their own mirror images.
  let outermost = (q == vec4f(0.0)) | (q == vec4f(size - 1.0));
  return only(Strips(at, at), !(vec4<bool>(turned) & outermost));
}

@if(pad_symmetric)
fn image_strips(q: vec4f, size: f32, k: i32, low: f32, high: f32) -> Strips {
  let turned = (k & 1) == 1;
  let cell = f32((k - (k & 1)) / 2) * period(size);
  let at = select(cell + q, cell + period(size) - 1.0 - q, turned);
  return Strips(at, at);
}
