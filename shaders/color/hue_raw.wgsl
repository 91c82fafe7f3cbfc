// Of an image in HSV: H <- H + turns, around the circle of 0 to 1; S and V kept. At the seam the slope stays 1: an angle has no jump there.
struct Params { turns: f32 }

fn forward(x: vec3f, p: Params) -> vec3f {
  let h = x.x + p.turns;
  return vec3f(h - floor(h), x.yz);
}

fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  (*gp).turns += gy.x;
  return gy;
}
