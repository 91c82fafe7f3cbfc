// Between the four pixels around a place within an image: the upper left one, and how far the place lies from it.
import package::lib::cheap::within2;

struct Between { low: vec2f, t: vec2f }

fn between(q: vec2f, size: vec2f) -> Between {
  let low = within2(floor(q), vec2f(0.0), max(size - 2.0, vec2f(0.0)));
  return Between(low, q - low);
}

// What has no share is not seen: 0 times NaN is NaN.
fn mixed(a: vec2f, b: vec2f, t: f32) -> vec2f { return select(select(a + t * (b - a), a, t == 0.0), b, t == 1.0); }
