// n = v / |v|, v = 2 x / 255 − 1
struct Params { none: f32 }

fn vector(x: vec3f) -> vec3f { return x * (2.0 / 255.0) - 1.0; }

// Of no length there is no direction: it stays what it is.
const LEAST: f32 = 1e-12;

fn size(v: vec3f) -> f32 {
  let l = sqrt(dot(v, v));
  return select(l, LEAST, l < LEAST);
}

fn forward(x: vec3f, p: Params) -> vec3f {
  let v = vector(x);
  return v / size(v);
}

// gv = (gy − n (n · gy)) / |v|
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let v = vector(x);
  let n = v / size(v);
  return (gy - n * dot(n, gy)) * (2.0 / 255.0) / size(v);
}
