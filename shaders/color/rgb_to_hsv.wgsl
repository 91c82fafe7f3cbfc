// RGB to (H in turns, S = (max − min) / max, V = max); H and S of grey are 0
import package::lib::extremes::{ apart, bottom, extremes, top };
import package::lib::hue::{ hue_back, hue_of };

struct Params { none: f32 }

fn forward(x: vec3f, p: Params) -> vec3f {
  let e = extremes(x);
  let s = select(e.spread / apart(e.high), 0.0, e.high == 0.0);
  return vec3f(hue_of(x, e), s, e.high);
}

// dS = (dmax − dmin) / max − S · dmax / max
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let e = extremes(x);
  let t = top(e);
  let b = bottom(x);
  let high = apart(e.high);
  let gs = select(vec3f(0.0), (gy.y / high) * (t - b - (e.spread / high) * t), abs(e.high) > 0.0);
  return hue_back(x, e, gy.x) + gs + gy.z * t;
}
