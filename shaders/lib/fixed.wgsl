// Fixed point for sums in any order: whole numbers, so that they have equal bits. A plane's largest gradient becomes a number
// of 28 bits. Sums go to one word, and what it cannot hold is carried to a second.

import package::lib::nan::nan_from;

// Two factors whose product is the scale of a plane, a power of two that need not fit into one f32: 0 where there is none, as in a
// plane of zeros, or one with an infinity or NaN in it.
struct Scale { a: f32, b: f32 }

const BITS: i32 = 28;

fn power(e: i32) -> f32 { return bitcast<f32>(u32(e + 127) << 23u); }

// From the bits of the largest magnitude. What is below the least normal number counts as 0.
fn scale_of(extent: u32) -> Scale {
  let e = i32(extent >> 23u);
  let k = BITS + 126 - e;
  let half = k >> 1u;
  let there = (e > 0) & (e < 255);
  return Scale(select(0.0, power(half), there), select(0.0, power(k - half), there));
}

// What a sum of 1 is worth, as two factors: nothing in a plane of zeros, and NaN where the gradients are no numbers.
struct Unit { a: f32, b: f32 }

fn unit_of(extent: u32) -> Unit {
  let e = i32(extent >> 23u);
  let k = BITS + 126 - e;
  let half = k >> 1u;
  let there = (e > 0) & (e < 255);
  return Unit(select(select(0.0, nan_from(f32(extent)), e == 255), power(-half), there), select(1.0, power(half - k), there));
}

fn number_of(high: i32, low: i32, unit: Unit) -> f32 { return (f32(high) * 4294967296.0 + f32(low)) * unit.a * unit.b; }

// A share of a quantum between 0 and 1, by a low-discrepancy sequence over pixels: added before the fraction is cut off, it makes
// rounding right on average, so that a million small parts add up to what they are.
fn dither(i: u32) -> f32 { return f32((i * 2654435769u) >> 8u) * (1.0 / 16777216.0); }
