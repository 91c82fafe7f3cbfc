// Hue in HSV: H <- H + turns, S and V kept.
// With m = min and d = max − min a channel is m + d · k(h), k being a trapezoid of the hue h in sixths of a turn.
import package::lib::cheap::at_least;
import package::lib::clip::unit;
import package::lib::extremes::{ Extremes, LEAST, bottom, extremes, top };

struct Params { turns: f32 }

// The hue before the turn is place + u: u is, in parts of d, the difference of the two channels after the largest, in the order R G B R.
// A grey pixel (d = 0) has the hue 0, and nobody looks at it.
struct Hue { d: f32, u: f32, h: f32, e: Extremes }

fn hue(x: vec3f, turns: f32) -> Hue {
  let e = extremes(x);
  let d = e.spread;
  let u = select(select(x.x - x.y, x.z - x.x, e.green), x.y - x.z, e.red);
  let place = select(select(4.0, 2.0, e.green), 0.0, e.red);
  let ratio = u / at_least(d, LEAST);
  let h = (place + ratio) * (1.0 / 6.0) + turns;
  return Hue(d, ratio, 6.0 * (h - floor(h)), e);
}

// The three trapezoids, before they are cut off at 0 and 1; h is in 0..6.
fn ramps(h: f32) -> vec3f { return vec3f(abs(h - 3.0) - 1.0, 2.0 - abs(h - 2.0), 2.0 - abs(h - 4.0)); }

fn forward(x: vec3f, p: Params) -> vec3f {
  let c = hue(x, p.turns);
  return c.e.low + c.d * unit(ramps(c.h));
}

fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let c = hue(x, p.turns);
  let r = ramps(c.h);
  let slopes = select(vec3f(-1.0), vec3f(1.0), vec3<bool>(c.h > 3.0, c.h < 2.0, c.h < 4.0));
  let dk = select(vec3f(0.0), slopes, (r > vec3f(0.0)) & (r < vec3f(1.0)));
  let s = dot(gy, dk);
  (*gp).turns += 6.0 * c.d * s;
  // dh = du / d − u dd / d², and the factor d of s cancels one d.
  let gd = dot(gy, unit(r)) - s * c.u;
  let t = top(c.e);
  let b = bottom(x);
  let gx = s * (t.zxy - t.yzx) + gd * t + (gy.x + gy.y + gy.z - gd) * b;
  return select(gy, gx, c.d > 0.0);
}
