// Saturation in HSV: S <- min(factor · S, 1), H and V kept.
// With v = max, m = min and d = v − m, S = d / v, and a channel is x = v − (v − x): scaling S scales that distance from v,
// until S reaches 1 and the distance is (v − x) · v / d.
import package::lib::extremes::extremes;

struct Params { factor: f32 }

fn forward(x: vec3f, p: Params) -> vec3f {
  let e = extremes(x);
  let v = e.high;
  let d = v - e.low;
  return v - (v - x) * select(v / d, p.factor, p.factor * d <= v);
}

fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let e = extremes(x);
  let v = e.high;
  let d = v - e.low;
  let free = p.factor * d <= v;
  let sum = gy.x + gy.y + gy.z;
  let away = dot(gy, v - x);
  (*gp).factor -= select(0.0, away, free);
  // Where S has reached 1: y = v − (v − x) · k,  k = v / d
  let k = select(v / d, p.factor, free);
  let gk = select(away / d, 0.0, free);
  let t = select(vec3f(0.0), vec3f(1.0), e.top);
  let b = select(vec3f(0.0), vec3f(1.0), e.bottom);
  return gy * k + (sum * (1.0 - k) + gk * (k - 1.0)) * t - gk * k * b;
}
