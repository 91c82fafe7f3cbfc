// y = x + x · (mean + std · z), z being normal: one for each channel of a pixel, or one for all of them
import package::lib::draw::{ Draw, normal_joint, normal_own };

struct Params { mean: f32, deviation: f32, perChannel: bool }

fn noise(p: Params, d: Draw) -> vec3f {
  if (p.perChannel) { return normal_own(d); }
  return vec3f(normal_joint(d));
}

fn forward(x: vec3f, p: Params, d: Draw) -> vec3f { return x + x * (p.mean + p.deviation * noise(p, d)); }

// gx = g · (1 + mean + std · z);  dmean = Σ g · x;  dstd = Σ g · x · z
fn backward(x: vec3f, p: Params, d: Draw, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let z = noise(p, d);
  (*gp).mean += dot(gy, x);
  (*gp).deviation += dot(gy, x * z);
  return gy + gy * (p.mean + p.deviation * z);
}
