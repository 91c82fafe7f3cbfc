// What points get of the statistics of an image, channel by channel, and what the gradients of those give to a pixel.
import package::lib::math::weighted;
import package::lib::pixel::Pixel;

// The least and the largest value.
struct Range { low: vec3f, high: vec3f }

// The mean, and the mean of the squared distances from it.
struct Moments { mean: vec3f, variance: vec3f }

// Where a pixel's value stands in the table that was made of a histogram, how much the next entry has more, and how much the one before
// has less.
struct Levels { value: vec3f, rise: vec3f, risen: vec3f }

// A bin of a histogram: how many pixels are in those before it and in itself, in all of them, and in the first and the
// last one that have any.
struct Tally { below: u32, own: u32, total: u32, first: u32, last: u32 }

// The first pixel that holds an extreme, and how many do.
struct Held { x: vec3f, y: vec3f, count: vec3f }

// All that hold an extreme have an equal share of its gradient. The first one holds it even if its value, computed again by
// another kernel, differs in the last bit.
fn share_of(v: vec3f, at: Pixel, extreme: vec3f, held: Held, g: vec3f) -> vec3f {
  let first = (vec3f(at.x) == held.x) & (vec3f(at.y) == held.y);
  return select(vec3f(0.0), g / max(held.count, vec3f(1.0)), first | (v == extreme));
}

// dmean = 1 / n;  dvariance = 2 (v − mean) / n
fn share_of_moments(v: vec3f, m: Moments, g: Moments, pixels: f32) -> vec3f {
  return (g.mean + 2.0 * weighted(g.variance, v - m.mean)) / pixels;
}
