// The Canny edge detector: grey, blurred by a Gaussian (mirrored border), sloped by Sobel (repeated border); the magnitude is
// √(gx² + gy² + 1e-6) where it is larger than both neighbours across the edge, else 0. Strong edges are above `highThreshold`, weak ones above
// `lowThreshold`; with hysteresis those that hang together with a strong one stay.

import package::lib::nan::is_nan;

// `threads` are those of a sample that leave sums.
struct Shape { samples: u32, channels: u32, height: u32, width: u32, radius: u32, threads: u32, out_channels: u32 }

// Rows of the parameters.
const LOW: u32 = 0u;
const HIGH: u32 = 1u;
const SIGMA_X: u32 = 2u;
const SIGMA_Y: u32 = 3u;

const GREY: vec3f = vec3f(0.299, 0.587, 0.114);

struct Place { n: u32, y: u32, x: u32 }

fn place_of(i: u32, s: Shape) -> Place {
  let row = i / s.width;
  let n = row / s.height;
  return Place(n, row - n * s.height, i - row * s.width);
}

// Mirrored about the first and the last of `size` pixels.
fn mirrored(i: i32, size: i32) -> i32 {
  let there = abs(i);
  return select(there, 2 * (size - 1) - there, there >= size);
}

fn held(i: i32, size: u32) -> u32 { return u32(clamp(i, 0, i32(size) - 1)); }

// Of the Gaussian, and its derivative by the deviation.
fn weight(t: f32, sigma: f32) -> f32 { return exp(-0.5 * t * t / (sigma * sigma)); }
fn weight_slope(t: f32, sigma: f32) -> f32 { return weight(t, sigma) * t * t / (sigma * sigma * sigma); }

// An edge, but NaN where what it was found from is.
fn kept_nan(edge: f32, m: f32, low: f32, high: f32) -> f32 {
  return select(select(select(edge, high, is_nan(high)), low, is_nan(low)), m, is_nan(m));
}
