// Which pixel a tap beyond the image sees: its index, or −1 for none. Positions are below 2²².
import package::lib::cheap::whole;

@if(pad_zeros)
fn resolve(i: i32, size: i32) -> i32 { return select(-1, i, u32(i) < u32(size)); }

@if(pad_border)
fn resolve(i: i32, size: i32) -> i32 { return clamp(i, 0, size - 1); }

// i − period · floor(i / period), by a division of floats: one of integers takes SwiftShader ten times as long. It may be off
// by a period, as no more than 2.5 units in the last place are promised.
@if(pad_reflection || pad_symmetric || pad_circular)
fn modulo(i: i32, period: i32) -> i32 {
  let p = f32(period);
  let m = f32(i) - p * floor(f32(i) / p);
  let raised = select(m, m + p, m < 0.0);
  return whole(select(raised, raised - p, raised >= p));
}

// Mirrored about the outermost pixels: … 2 1 0 1 2 …
@if(pad_reflection)
fn resolve(i: i32, size: i32) -> i32 {
  let period = max(2 * (size - 1), 1);
  let r = modulo(i, period);
  return min(r, period - r) * i32(size > 1);
}

// Mirrored about the edges: … 1 0 0 1 …
@if(pad_symmetric)
fn resolve(i: i32, size: i32) -> i32 {
  let r = modulo(i, 2 * size);
  return min(r, 2 * size - 1 - r);
}

@if(pad_circular)
fn resolve(i: i32, size: i32) -> i32 { return modulo(i, size); }

// The same for places at most as far outside as the image is wide: no division.

@if(pad_zeros || pad_border)
fn resolve_near(i: i32, size: i32) -> i32 { return resolve(i, size); }

@if(pad_reflection)
fn resolve_near(i: i32, size: i32) -> i32 { return size - 1 - abs(size - 1 - abs(i)); }

@if(pad_symmetric)
fn resolve_near(i: i32, size: i32) -> i32 {
  let j = select(i, -1 - i, i < 0);
  return select(j, 2 * size - 1 - j, j >= size);
}

@if(pad_circular)
fn resolve_near(i: i32, size: i32) -> i32 {
  let j = select(i, i + size, i < 0);
  return select(j, j - size, j >= size);
}
