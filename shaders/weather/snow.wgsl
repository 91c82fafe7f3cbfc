// With L = (max + min) / 2, the lightness: where L < coefficient, it becomes L' = clip(brightness · L), while hue and saturation stay:
// s = L' + (x − L) · q(L') / q(L), q(L) = 1 − |2L − 1| being the room that there is for colour. Black has no colour to keep.
import package::lib::clip::unit;
import package::lib::extremes::{ apart, bottom, Extremes, extremes, top };
import package::lib::nan::unless_nan;

struct Params { coefficient: f32, brightness: f32, estimator: f32, softness: f32 }

fn room(l: f32) -> f32 { return 2.0 * select(1.0 - l, l, l < 0.5); }
fn room_slope(l: f32) -> f32 { return select(-2.0, 2.0, l < 0.5); }

// The lightness before and after, and what becomes of the distance from it.
struct Snow { before: f32, after: f32, ratio: f32, inside: bool }

fn snow_of(e: Extremes, p: Params) -> Snow {
  let l = 0.5 * (e.high + e.low);
  let bright = p.brightness * l;
  let after = unit(vec3f(bright)).x;
  let q = room(l);
  return Snow(l, after, select(room(after) / apart(q), p.brightness, q == 0.0), (bright >= 0.0) & (bright <= 1.0));
}

fn forward(x: vec3f, p: Params) -> vec3f {
  let s = snow_of(extremes(x), p);
  return unless_nan(select(x, s.after + (x - s.before) * s.ratio, s.before < p.coefficient), p.coefficient);
}

// What a gradient of s gives to the image; that of the brightness is added.
fn pulled(x: vec3f, e: Extremes, s: Snow, p: Params, g: vec3f, gp: ptr<function, Params>) -> vec3f {
  let q = apart(room(s.before));
  let off = select(dot(g, x - s.before) / q, 0.0, room(s.before) == 0.0);
  let all = g.x + g.y + g.z;
  let after = select(0.0, all + off * room_slope(s.after), s.inside);
  (*gp).brightness += after * s.before;
  return s.ratio * g + lightly(x, e, after * p.brightness - s.ratio * (all + off * room_slope(s.before)));
}

// A gradient of the lightness goes in halves to the largest and to the smallest channel.
fn lightly(x: vec3f, e: Extremes, g: f32) -> vec3f {
  return 0.5 * g * (top(e) + bottom(x));
}

// Whether it snows is a step in the coefficient and in L. By estimator:
// straightThrough (0): dcoefficient = Σ g · (s − x), and the image has the gradient beside the jump
// soft (1): that of the share m = sigmoid((coefficient − L) / softness) of s, in the image too
// none (2): the coefficient has none
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let e = extremes(x);
  let s = snow_of(e, p);
  let jump = dot(gy, s.after + (x - s.before) * s.ratio - x);
  if (p.estimator == 1.0) {
    let m = 1.0 / (1.0 + exp((s.before - p.coefficient) / p.softness));
    let slope = jump * m * (1.0 - m) / p.softness;
    (*gp).coefficient += slope;
    return (1.0 - m) * gy + pulled(x, e, s, p, m * gy, gp) - lightly(x, e, slope);
  }
  (*gp).coefficient += select(0.0, jump, p.estimator == 0.0);
  if (!(s.before < p.coefficient)) { return gy; }
  return pulled(x, e, s, p, gy, gp);
}
