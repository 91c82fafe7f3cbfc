// y = x · std + mean, per channel.  (`std` is reserved in WGSL, hence `deviation`.)
struct Params { mean: vec3f, deviation: vec3f }

fn forward(x: vec3f, p: Params) -> vec3f { return x * p.deviation + p.mean; }

// gx = gy · std;  dmean = Σ gy;  dstd = Σ gy · x
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  (*gp).mean += gy;
  (*gp).deviation += gy * x;
  return gy * p.deviation;
}
