// Saturation in HSV: S <- clip(factor · S), H and V kept.
// With v = max, m = min and d = v − m, S = d / v, and a channel is x = v − (v − x): scaling S scales that distance from v,
// until S reaches 1 and the distance is (v − x) · v / d. Below v = 0 there is no S > 0, and every channel becomes v.
import package::lib::cheap::at_least;
import package::lib::extremes::{ LEAST, bottom, extremes, top };

struct Params { factor: f32 }

fn forward(x: vec3f, p: Params) -> vec3f {
  let e = extremes(x);
  let v = e.high;
  let d = e.spread;
  return v - (v - x) * select(p.factor, at_least(v, 0.0) / at_least(d, LEAST), p.factor * d > v);
}

fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let e = extremes(x);
  let v = e.high;
  let d = e.spread;
  let bound = p.factor * d > v;
  let sum = gy.x + gy.y + gy.z;
  let away = dot(gy, v - x);
  (*gp).factor -= select(away, 0.0, bound);
  // Where S has reached 1: y = v − (v − x) · k,  k = v / d
  let divisor = at_least(d, LEAST);
  let k = select(p.factor, at_least(v, 0.0) / divisor, bound);
  let gk = select(0.0, away / divisor, bound & (v > 0.0));
  let t = top(e);
  let b = bottom(x);
  return gy * k + (sum * (1.0 - k) + gk * (k - 1.0)) * t - gk * k * b;
}
