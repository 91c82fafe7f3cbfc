// Saturation in HSV: S <- min(factor · S, 1), H and V kept.
// With v = max, m = min and d = v − m, S = d / v, and a channel is x = v − (v − x): scaling S scales that distance from v,
// until S reaches 1 and the distance is (v − x) · v / d.
import package::lib::extremes::{ top, bottom };

struct Params { factor: f32 }

fn forward(x: vec3f, p: Params) -> vec3f {
  let v = max(x.x, max(x.y, x.z));
  let d = v - min(x.x, min(x.y, x.z));
  if (p.factor * d <= v) { return v - p.factor * (v - x); }
  return v - (v - x) * (v / d);
}

fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let v = max(x.x, max(x.y, x.z));
  let d = v - min(x.x, min(x.y, x.z));
  let sum = gy.x + gy.y + gy.z;
  let away = dot(gy, v - x);
  if (p.factor * d <= v) {
    (*gp).factor -= away;
    return gy * p.factor + (1.0 - p.factor) * sum * top(x);
  }
  // y = v − (v − x) · v / d
  let gv = sum - sum * v / d - away / d + away * v / (d * d);
  let gm = -away * v / (d * d);
  return gy * (v / d) + gv * top(x) + gm * bottom(x);
}
