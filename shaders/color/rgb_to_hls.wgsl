// RGB to (H in turns, L = (max + min) / 2, S = (max − min) / (1 − |2L − 1|)); H and S of grey are 0
import package::lib::extremes::{ apart, bottom, extremes, top };
import package::lib::hue::{ hue_back, hue_of };

struct Params { none: f32 }

// 1 − |2L − 1|, of max + min
fn room(sum: f32) -> f32 { return select(2.0 - sum, sum, sum < 1.0); }

fn forward(x: vec3f, p: Params) -> vec3f {
  let e = extremes(x);
  let q = room(e.high + e.low);
  let s = select(e.spread / apart(q), 0.0, e.spread == 0.0);
  return vec3f(hue_of(x, e), 0.5 * (e.high + e.low), s);
}

// dS = (dmax − dmin) / q ∓ S · (dmax + dmin) / q
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let e = extremes(x);
  let t = top(e);
  let b = bottom(x);
  let sum = e.high + e.low;
  let q = apart(room(sum));
  let side = select(-1.0, 1.0, sum < 1.0);
  let gs = (gy.z / q) * (t - b - (side * e.spread / q) * (t + b));
  return hue_back(x, e, gy.x) + 0.5 * gy.y * (t + b) + select(vec3f(0.0), gs, abs(room(sum)) > 0.0);
}
