// Chroma with half the sides of luma, sample k between the pixels 2k and 2k + 1. Luma is padded to whole tiles with its last pixels.
// Halved along an axis, a sample is a Gaussian of three taps (deviation 1/2, mirrored at the padded border) and a mean of two:
// four pixels from 2k − 1 on. Doubled, a pixel is 3/4 of its own sample and 1/4 of the next one, which the border repeats.
import package::generated::tile::{ HEIGHT, WIDTH };
import package::lib::tile::{ Shape, luma_of };

// exp(−2) / (1 + 2 exp(−2)) / 2, and half of what is left.
const OUTER: f32 = 0.05325348945960038;
const INNER: f32 = 0.4467465105403996;

// The weight of the pixel 2k − 1 + t.
fn halving(t: u32) -> f32 { return select(OUTER, INNER, (t == 1u) | (t == 2u)); }

// Sides of padded luma, of chroma, and where the planes of a sample begin.
struct Halves { width: u32, height: u32, across: u32, down: u32, luma: u32, blue: u32, red: u32 }

fn halves_of(n: u32, s: Shape) -> Halves { return halves_at(n, s.columns * WIDTH, s.rows * HEIGHT); }

fn halves_at(n: u32, width: u32, height: u32) -> Halves {
  let samples = width * height / 4u;
  let luma = n * 6u * samples;
  let blue = luma + 4u * samples;
  return Halves(width, height, width / 2u, height / 2u, luma, blue, blue + samples);
}

// The sample of chroma that a thread has: of image n, the `own`-th of its plane, in row j and column i.
struct Spot { n: u32, own: u32, j: u32, i: u32 }

fn spot_of(index: u32, s: Shape) -> Spot {
  let each = luma_of(s) / 4u;
  let n = index / each;
  let own = index - n * each;
  let across = s.columns * WIDTH / 2u;
  let j = own / across;
  return Spot(n, own, j, own - j * across);
}

// The pixel of the image that is seen at a place of the mirrored, padded line.
fn seen_at(i: i32, padded: u32, size: u32) -> u32 {
  let last = i32(padded) - 1;
  let mirrored = select(abs(i), 2 * last - i, i > last);
  return min(u32(mirrored), size - 1u);
}

// How much of a pixel of the padded line sample k is made of.
fn part_of(i: u32, k: u32, padded: u32) -> f32 {
  let d = i32(i) - 2 * i32(k);
  var w = select(0.0, OUTER, (d == -1) | (d == 2));
  w = select(w, INNER, (d == 0) | (d == 1));
  let mirrors = ((k == 0u) & (i == 1u)) | ((2u * k + 2u == padded) & (i + 2u == padded));
  return w + select(0.0, OUTER, mirrors);
}

// How much of sample k is seen at the pixel 2k − 1 + t.
fn seen_part(t: u32, k: u32, samples: u32) -> f32 {
  let alone = ((t == 1u) & (k == 0u)) | ((t == 2u) & (k + 1u == samples));
  return select(select(0.25, 0.75, (t == 1u) | (t == 2u)), 1.0, alone);
}
