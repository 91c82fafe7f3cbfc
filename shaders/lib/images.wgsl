// Where a pixel is seen beyond the image: the strips of tap positions that padding resolves to it, along one axis.
// `low` and `high` bound the taps that any output pixel has.

struct Strip { low: i32, high: i32 }

const NOWHERE: f32 = 4.0e6;

fn bound(v: f32) -> f32 { return clamp(v, -NOWHERE, NOWHERE); }

// Without mirrors a pixel is seen once.
@if(pad_zeros || pad_border)
fn image_count(size: i32, low: f32, high: f32) -> vec2i { return vec2i(0, 0); }

@if(pad_zeros)
fn image_strip(q: i32, size: i32, k: i32, low: f32, high: f32) -> Strip { return Strip(q, q); }

// A pixel of the border is seen everywhere beyond it.
@if(pad_border)
fn image_strip(q: i32, size: i32, k: i32, low: f32, high: f32) -> Strip {
  let first = select(q, min(q, i32(floor(bound(low)))), q == 0);
  let last = select(q, max(q, i32(ceil(bound(high)))), q == size - 1);
  return Strip(first, last);
}

// In mirrors it is seen twice in every period: at even k as it is, at odd k turned around.
@if(pad_reflection)
fn period(size: i32) -> i32 { return 2 * (size - 1); }

@if(pad_symmetric)
fn period(size: i32) -> i32 { return 2 * size; }

@if(pad_circular)
fn period(size: i32) -> i32 { return size; }

// Around and around: once in every period.
@if(pad_circular)
fn image_count(size: i32, low: f32, high: f32) -> vec2i {
  return vec2i(i32(floor(bound(low) / f32(size))), i32(floor(bound(high) / f32(size))));
}

@if(pad_circular)
fn image_strip(q: i32, size: i32, k: i32, low: f32, high: f32) -> Strip { return Strip(q + k * size, q + k * size); }

@if(pad_reflection || pad_symmetric)
fn image_count(size: i32, low: f32, high: f32) -> vec2i {
  let p = f32(max(period(size), 1));
  if (period(size) == 0) { return vec2i(0, 0); }
  return vec2i(2 * i32(floor(bound(low) / p)) - 1, 2 * i32(floor(bound(high) / p)) + 2);
}

@if(pad_reflection)
fn image_strip(q: i32, size: i32, k: i32, low: f32, high: f32) -> Strip {
  if (size == 1) { return Strip(i32(floor(bound(low))), i32(ceil(bound(high)))); }
  let turned = (k & 1) == 1;
  // The outermost pixels are their own mirror images.
  if (turned && (q == 0 || q == size - 1)) { return Strip(1, 0); }
  let cell = (k - (k & 1)) / 2 * period(size);
  let at = select(cell + q, cell + period(size) - q, turned);
  return Strip(at, at);
}

@if(pad_symmetric)
fn image_strip(q: i32, size: i32, k: i32, low: f32, high: f32) -> Strip {
  let turned = (k & 1) == 1;
  let cell = (k - (k & 1)) / 2 * period(size);
  let at = select(cell + q, cell + period(size) - 1 - q, turned);
  return Strip(at, at);
}
