// Where a pixel is seen again beyond the image, along one axis of `size` pixels: its images, of which the 0th is the pixel itself.
// Outputs look from `low` to `high`, both included.

// The first and the last image that is looked at.
@if(pad_border)
fn images(i: i32, size: i32, low: i32, high: i32) -> vec2i { return vec2i(select(0, low - i, i == 0), select(0, high - i, i == size - 1)); }
@if(pad_border)
fn image(i: i32, k: i32, size: i32) -> i32 { return i + k; }

// Cells, of which number k begins at k spans, show the axis as it is or, every other one, turned around.
@if(pad_reflection) fn span(size: i32) -> i32 { return size - 1; }
@if(pad_symmetric || pad_circular) fn span(size: i32) -> i32 { return size; }

@if(pad_reflection || pad_symmetric || pad_circular)
fn images(i: i32, size: i32, low: i32, high: i32) -> vec2i {
  if (size == 1) { return vec2i(low, high); }
  // An end may be that of two cells: then the one before is asked, too.
  let first = i32(floor((f32(low) - 1.0) / f32(span(size))));
  let last = i32(floor(f32(high) / f32(span(size))));
  return vec2i(first + select(0, 1, image(i, first, size) < low), last - select(0, 1, image(i, last, size) > high));
}

// Mirrored about the outermost pixels, these are their own images: no second one is counted.
@if(pad_reflection)
fn image(i: i32, k: i32, size: i32) -> i32 {
  if (size == 1) { return k; }
  let turned = (k & 1) == 1;
  let at = k * span(size) + select(i, size - 1 - i, turned);
  return select(at, NOWHERE, turned & ((i == 0) | (i == size - 1)));
}
@if(pad_symmetric)
fn image(i: i32, k: i32, size: i32) -> i32 {
  return k * size + select(i, size - 1 - i, (k & 1) == 1);
}
@if(pad_circular)
fn image(i: i32, k: i32, size: i32) -> i32 { return k * size + i; }

// Nobody looks here.
@if(pad_reflection) const NOWHERE: i32 = -0x40000000;
