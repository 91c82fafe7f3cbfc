// Hue in HSV: H <- H + turns, S and V kept.
// With m = min and d = max − min a channel is m + d · k(h), k being a trapezoid of the hue h in sixths of a turn.
import package::lib::extremes::{ top, bottom };

struct Params { turns: f32 }

// Where the trapezoids of R, G, B sit on the circle.
const PHASE: vec3f = vec3f(0.0, 4.0, 2.0);

fn wrap(h: vec3f) -> vec3f { return h - 6.0 * floor(h / 6.0); }

fn ramp(h: f32) -> vec3f { return abs(wrap(h + PHASE) - 3.0) - 1.0; }

// Difference of the two lesser channels in the order of the circle, divided by d; and the largest channel's place.
fn numerator(x: vec3f) -> f32 { return dot(top(x), x.yzx - x.zxy); }

fn hue(x: vec3f, d: f32) -> f32 { return dot(top(x), vec3f(0.0, 2.0, 4.0)) + numerator(x) / d; }

fn forward(x: vec3f, p: Params) -> vec3f {
  let m = min(x.x, min(x.y, x.z));
  let d = max(x.x, max(x.y, x.z)) - m;
  if (d <= 0.0) { return x; }
  return m + d * clamp(ramp(hue(x, d) + 6.0 * p.turns), vec3f(0.0), vec3f(1.0));
}

fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let m = min(x.x, min(x.y, x.z));
  let d = max(x.x, max(x.y, x.z)) - m;
  if (d <= 0.0) { return gy; }
  let h = hue(x, d) + 6.0 * p.turns;
  let r = ramp(h);
  let k = clamp(r, vec3f(0.0), vec3f(1.0));
  let falling = sign(wrap(h + PHASE) - 3.0);
  let dk = select(vec3f(0.0), falling, (r > vec3f(0.0)) & (r < vec3f(1.0)));
  let s = dot(gy, dk);
  (*gp).turns += 6.0 * d * s;
  // h = place + u / d, so that dh = du / d − u dd / d², and the factor d of s cancels one d.
  let gd = dot(gy, k) - s * numerator(x) / d;
  let t = top(x);
  let gu = s * (t.zxy - t.yzx);
  return gu + gd * t + (gy.x + gy.y + gy.z - gd) * bottom(x);
}
