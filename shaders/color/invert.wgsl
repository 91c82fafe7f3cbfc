// y = max − x
struct Params { max: f32 }

fn forward(x: vec3f, p: Params) -> vec3f { return p.max - x; }

// gx = −gy;  dmax = Σ gy
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  (*gp).max += gy.x + gy.y + gy.z;
  return -gy;
}
