// y = x + low + (high − low) · u, u being uniform in [0, 1): one for each channel of a pixel, or one for all of them
import package::lib::draw::{ Draw, uniform_joint, uniform_own };

struct Params { low: f32, high: f32, perChannel: bool }

fn noise(p: Params, d: Draw) -> vec3f {
  if (p.perChannel) { return uniform_own(d); }
  return vec3f(uniform_joint(d).x);
}

fn forward(x: vec3f, p: Params, d: Draw) -> vec3f { return x + (p.low + (p.high - p.low) * noise(p, d)); }

// gx = g;  dlow = Σ g · (1 − u);  dhigh = Σ g · u
fn backward(x: vec3f, p: Params, d: Draw, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let u = noise(p, d);
  (*gp).low += dot(gy, 1.0 - u);
  (*gp).high += dot(gy, u);
  return gy;
}
