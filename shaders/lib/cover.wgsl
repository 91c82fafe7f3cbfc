// How much of pixel i, which reaches from i to i + 1, an interval covers: 0 or 1 where its ends lie between pixels, and a
// straight ramp over the pixel that an end crosses, so that place and size have true gradients.
import package::lib::cheap::{ at_least, at_most, within };

fn overlap(i: f32, start: f32, size: f32) -> f32 { return at_most(start + size, i + 1.0) - at_least(start, i); }

fn cover(i: f32, start: f32, size: f32) -> f32 { return within(overlap(i, start, size), 0.0, 1.0); }

// How it changes with (start, size). Where an end lies between pixels, that is to say, as it moves on.
fn cover_slope(i: f32, start: f32, size: f32) -> vec2f {
  let end = start + size;
  let by_end = select(0.0, 1.0, (end >= i) & (end < i + 1.0));
  let by_start = select(0.0, 1.0, (start >= i) & (start < i + 1.0));
  return vec2f(by_end - by_start, by_end);
}
