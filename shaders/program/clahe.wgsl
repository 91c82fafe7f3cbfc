// CLAHE: each tile of an image has a histogram of 256 bins, cut off at max(⌊clipLimit · pixels / 256⌋, 1) and what is cut off spread over
// all bins; its sums are the tile's lookup table, 0..255. A pixel is looked up in the four tiles around it, and what they say is blended.
//
// Kornia's tiles have even sizes, its first bins get what cannot be spread evenly, and levels are rounded down. With `opencv` images have
// 256 levels from the start, every n-th bin gets the rest, and tables and what is blended are rounded to the nearest level.

// `parts` are those in which a tile's pixels are counted, `threads` those of a sample where they leave sums.
struct Shape {
  samples: u32, channels: u32, height: u32, width: u32,
  // Tiles down and across, and their sizes.
  rows: u32, columns: u32, tile_height: u32, tile_width: u32,
  parts: u32, threads: u32,
}

const BINS: u32 = 256u;
// A level above this was clipped; 255 itself is reached by rounding.
const CLIPPED: f32 = 255.001;

// A thread's part of a tile: of the plane, the tile, and which rows of it.
struct Part { plane: u32, row: u32, column: u32, first: u32, end: u32 }

fn part_of(index: u32, s: Shape) -> Part {
  let part = index % s.parts;
  let tile = index / s.parts;
  let column = tile % s.columns;
  let row = (tile / s.columns) % s.rows;
  let each = (s.tile_height + s.parts - 1u) / s.parts;
  return Part(tile / (s.columns * s.rows), row, column, part * each, min((part + 1u) * each, s.tile_height));
}

// The pixel that is seen at a place of the image, which is mirrored beyond its last one, and again where that is not enough.
fn mirrored(i: u32, size: u32) -> u32 {
  let period = max(2u * (size - 1u), 1u);
  let at = i % period;
  return select(at, period - at, at >= size);
}

// The tiles that show at a place along an axis, and how much of the second.
struct Between { first: u32, second: u32, share: f32 }

@if(!opencv)
fn between(i: u32, tile: u32, tiles: u32) -> Between {
  let half = tile / 2u;
  if (i < half) { return Between(0u, 0u, 0.0); }
  let first = (i - half) / tile;
  if (first + 1u >= tiles) { return Between(tiles - 1u, tiles - 1u, 0.0); }
  return Between(first, first + 1u, f32((i - half) - first * tile) / f32(tile - 1u));
}

// In the middle of a tile, which lies between two pixels where its size is even, nothing else shows.
@if(opencv)
fn between(i: u32, tile: u32, tiles: u32) -> Between {
  let at = f32(i) * (1.0 / f32(tile)) - 0.5;
  if (at < 0.0) { return Between(0u, 0u, 0.0); }
  let first = u32(at);
  if (first + 1u >= tiles) { return Between(tiles - 1u, tiles - 1u, 0.0); }
  return Between(first, first + 1u, at - f32(first));
}

// Of what is seen in a tile: 0 where it is not one of the two.
fn share_of(b: Between, tile: u32) -> f32 {
  return select(0.0, 1.0 - b.share, b.first == tile) + select(0.0, b.share, (b.second == tile) & (b.second != b.first));
}

// 0..255; 0 for what is no number.
fn level(v: f32) -> f32 { return select(select(0.0, v * 255.0, v > 0.0), 255.0, v >= 1.0); }

// The level below a value, where the straight line to the next one begins.
fn level_below(v: f32) -> u32 { return u32(level(v)); }

// Where a value is looked up.
@if(!opencv)
fn bin_of(v: f32) -> u32 { return u32(level(v)); }
@if(opencv)
fn bin_of(v: f32) -> u32 { return u32(level(v) + 0.5); }

// How much a value counts near k / 255: a Gaussian with a deviation of 0.001.
fn nearness(v: f32, k: u32) -> f32 {
  let t = (v - f32(k) / 255.0) * 1000.0;
  return exp(-0.5 * t * t);
}
// The first and the last bin where that is more than nothing: two to either side of the nearest one.
fn near_bins(v: f32) -> vec2u {
  let nearest = u32(level(v) + 0.5);
  return vec2u(nearest - min(nearest, 2u), min(nearest + 2u, BINS - 1u));
}

// What a bin gets of a rest of less than one for each.
@if(!opencv)
fn extra(k: u32, rest: f32) -> f32 { return select(0.0, 1.0, f32(k) < rest); }
@if(opencv)
fn extra(k: u32, rest: f32) -> f32 {
  if (rest <= 0.0) { return 0.0; }
  let step = max(u32(min(256.0 / rest, 256.0)), 1u);
  return select(0.0, 1.0, (k % step == 0u) & (f32(k / step) < rest));
}

// Counts where a histogram is cut off; there is no limit at 0.
fn most_of(clip: f32, pixels: f32) -> f32 { return select(max(floor(clip * pixels / 256.0), 1.0), 3e38, clip <= 0.0); }
