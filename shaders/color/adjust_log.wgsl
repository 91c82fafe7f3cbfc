// y = clip(gain · log2(1 + x)), or clip(gain · (2^x − 1)) the other way around; x below 0 counts as 0
import package::lib::clip::{ clip, clip_backward };
import package::lib::nan::is_nan3;

struct Params { gain: f32, inverse: bool, clip: bool }

fn curve(x: vec3f, p: Params) -> vec3f {
  let v = select(x, vec3f(0.0), x < vec3f(0.0));
  let made = select(log2(1.0 + v), exp2(v) - 1.0, p.inverse);
  return select(made, x, is_nan3(x));
}

fn forward(x: vec3f, p: Params) -> vec3f { return clip(p.gain * curve(x, p), p.clip); }

const LN_2: f32 = 0.6931471805599453;

// gx = g · gain / ((1 + x) ln 2), or g · gain · 2^x · ln 2;  dgain = Σ g · curve
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let c = curve(x, p);
  let g = clip_backward(p.gain * c, gy, p.clip);
  (*gp).gain += dot(g, c);
  let v = select(x, vec3f(0.0), x < vec3f(0.0));
  let slope = select(1.0 / ((1.0 + v) * LN_2), exp2(v) * LN_2, p.inverse);
  return select(p.gain * g * slope, vec3f(0.0), x < vec3f(0.0));
}
