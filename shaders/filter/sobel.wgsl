// The length of the gradient: y = √(gx² + gy² + eps), where gx weighs the neighbours by −1, 0, 1 across and 1, 2, 1 down, over 8 if
// normalized, and gy the other way.
import package::lib::neighbour::Neighbour;

struct Params { normalized: bool }
struct Sum { gx: vec3f, gy: vec3f }
// The gradient of gx, and of gy.
struct Back { g: vec3f, down: vec3f }

const EPS: f32 = 1e-6;

fn across(at: Neighbour) -> f32 { return at.x * (2.0 - abs(at.y)); }
fn down(at: Neighbour) -> f32 { return at.y * (2.0 - abs(at.x)); }
fn scale(p: Params) -> f32 { return select(1.0, 0.125, p.normalized); }

// What has no weight is not seen, whatever it is: 0 times NaN is NaN.
fn part(w: f32, v: vec3f) -> vec3f { return select(vec3f(0.0), w * v, w != 0.0); }

fn take(sum: ptr<function, Sum>, x: vec3f, at: Neighbour, p: Params) {
  (*sum).gx += part(across(at), x);
  (*sum).gy += part(down(at), x);
}

fn length_of(sum: Sum, p: Params) -> vec3f {
  let s = scale(p);
  return sqrt(s * s * (sum.gx * sum.gx + sum.gy * sum.gy) + EPS);
}

fn result(sum: Sum, p: Params) -> vec3f { return length_of(sum, p); }

fn back(sum: Sum, g: vec3f, p: Params, gp: ptr<function, Params>) -> Back {
  let s = scale(p);
  let each = g * s * s / length_of(sum, p);
  return Back(each * sum.gx, each * sum.gy);
}

fn gather(b: Back, x: vec3f, at: Neighbour, p: Params) -> vec3f {
  return part(across(at), b.g) + part(down(at), b.down);
}
