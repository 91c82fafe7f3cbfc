// y = T(i), i the level of 8 bits that is nearest to 255 x, T(i) = round(255 · (up to(i) − first) / (all − first)) / 255: up to(i) is how many
// pixels of the channel are no brighter than level i, first how many have the darkest level that there is. A channel of one level stays.
import package::lib::nan::is_nan3;
import package::lib::statistic::{ Levels, Tally };

struct Params { estimator: f32 }

fn bin(x: vec3f) -> vec3f { return floor(255.0 * x + 0.5); }
fn place(x: vec3f) -> vec3f { return bin(x); }

fn entry(i: u32, t: Tally) -> f32 {
  let up_to = f32(max(t.below + t.own, t.first) - t.first);
  let scale = 255.0 / f32(max(t.total - t.first, 1u));
  return select(min(round(up_to * scale), 255.0) / 255.0, -1.0, t.total == t.first);
}

fn forward(x: vec3f, p: Params, s: Levels) -> vec3f { return select(s.value, x, (s.value < vec3f(0.0)) | is_nan3(x)); }

// The table counts as given; its steps have, by estimator, the gradient of
// slope (0): straight lines from entry to entry, that which ends at its level
// straightThrough (1): y = x
// none (2): a constant
fn backward(x: vec3f, p: Params, s: Levels, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let slope = select(select(255.0 * s.risen, vec3f(1.0), p.estimator == 1.0), vec3f(0.0), p.estimator == 2.0);
  return gy * select(slope, vec3f(1.0), s.value < vec3f(0.0));
}
