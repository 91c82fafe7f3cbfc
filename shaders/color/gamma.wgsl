// y = clip(gain · max(x, 0)^gamma)
import package::lib::clip::{ clip, clip_backward };
import package::lib::math::{ safe_log, safe_pow, weighted };

struct Params { gamma: f32, gain: f32, clip: bool }

fn forward(x: vec3f, p: Params) -> vec3f { return clip(p.gain * safe_pow(x, p.gamma), p.clip); }

// gx = g · gain · gamma · x^(gamma−1);  dgamma = Σ g · y · ln x;  dgain = Σ g · x^gamma
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let power = safe_pow(x, p.gamma);
  let g = clip_backward(p.gain * power, gy, p.clip);
  // What overflowed is clipped, and has no gradient.
  let reached = weighted(g, power);
  (*gp).gamma += dot(reached, p.gain * safe_log(x));
  (*gp).gain += reached.x + reached.y + reached.z;
  let slope = select(vec3f(0.0), reached / max(x, vec3f(1e-37)), x > vec3f(0.0));
  let at_zero = select(vec3f(0.0), g, p.gamma == 1.0);
  return p.gain * p.gamma * select(slope, at_zero, x == vec3f(0.0));
}
