// y = x + mean + std · z, z being normal: one for each channel of a pixel, or one for all of them
import package::lib::draw::{ Draw, normal_joint, normal_own };

struct Params { mean: f32, deviation: f32, perChannel: bool }

fn noise(p: Params, d: Draw) -> vec3f {
  if (p.perChannel) { return normal_own(d); }
  return vec3f(normal_joint(d));
}

fn forward(x: vec3f, p: Params, d: Draw) -> vec3f { return x + (p.mean + p.deviation * noise(p, d)); }

// gx = g;  dmean = Σ g;  dstd = Σ g · z
fn backward(x: vec3f, p: Params, d: Draw, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  (*gp).mean += gy.x + gy.y + gy.z;
  (*gp).deviation += dot(gy, noise(p, d));
  return gy;
}
