// y = clip(gain · max(x, 0)^gamma)
import package::lib::clip::{ clip, clip_backward };
import package::lib::math::{ safe_pow, safe_log };

struct Params { gamma: f32, gain: f32, clip: bool }

fn forward(x: vec3f, p: Params) -> vec3f { return clip(p.gain * safe_pow(x, p.gamma), p.clip); }

// gx = g · gain · gamma · x^(gamma−1);  dgamma = Σ g · y · ln x;  dgain = Σ g · x^gamma
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let power = safe_pow(x, p.gamma);
  let g = clip_backward(p.gain * power, gy, p.clip);
  (*gp).gamma += dot(g, p.gain * power * safe_log(x));
  (*gp).gain += dot(g, power);
  let slope = select(vec3f(0.0), power / max(x, vec3f(1e-37)), x > vec3f(0.0));
  let at_zero = select(0.0, 1.0, p.gamma == 1.0);
  return g * p.gain * p.gamma * select(slope, vec3f(at_zero), x == vec3f(0.0));
}
