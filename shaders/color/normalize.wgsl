// y = (x − mean) / std, per channel.  (`std` is reserved in WGSL, hence `deviation`.)
struct Params { mean: vec3f, deviation: vec3f }

fn forward(x: vec3f, p: Params) -> vec3f { return (x - p.mean) / p.deviation; }

// gx = gy / std;  dmean = −Σ gx;  dstd = −Σ gx · y
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let gx = gy / p.deviation;
  (*gp).mean -= gx;
  (*gp).deviation -= gx * (x - p.mean) / p.deviation;
  return gx;
}
