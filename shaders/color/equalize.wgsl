// y = T(⌊255 x⌋), T(i) being how many pixels of the channel are darker than level i, so that equally many have each level:
// T(i) = min(⌊(below(i) + s / 2) / s⌋, 255) / 255, s being a 255th of all pixels but those of the brightest level there is.
// A channel of so few pixels or levels that s is 0 stays as it is.
import package::lib::nan::is_nan3;
import package::lib::statistic::{ Levels, Tally };

struct Params { estimator: f32 }

// 256 levels of equal width.
fn bin(x: vec3f) -> vec3f { return floor(256.0 * x); }

// What was stored in eight bits is a whole number but for rounding: a little more keeps it on its level.
fn place(x: vec3f) -> vec3f { return floor(255.0 * x + 6.103515625e-5); }

fn entry(i: u32, t: Tally) -> f32 {
  let step = (t.total - t.last) / 255u;
  let level = min((t.below + step / 2u) / max(step, 1u), 255u);
  return select(f32(level) / 255.0, -1.0, step == 0u);
}

fn forward(x: vec3f, p: Params, s: Levels) -> vec3f { return select(s.value, x, (s.value < vec3f(0.0)) | is_nan3(x)); }

// The table counts as given; its steps have, by estimator, the gradient of
// slope (0): straight lines from entry to entry
// straightThrough (1): y = x
// none (2): a constant
fn backward(x: vec3f, p: Params, s: Levels, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let slope = select(select(255.0 * s.rise, vec3f(1.0), p.estimator == 1.0), vec3f(0.0), p.estimator == 2.0);
  return gy * select(slope, vec3f(1.0), s.value < vec3f(0.0));
}
