// y = clip(factor · x + (1 − factor) · gray(x))
import package::lib::clip::{ clip, clip_backward };
import package::lib::gray::{ LUMA, gray };

struct Params { factor: f32, clip: bool }

fn raw(x: vec3f, p: Params) -> vec3f { return p.factor * x + (1.0 - p.factor) * gray(x); }

fn forward(x: vec3f, p: Params) -> vec3f { return clip(raw(x, p), p.clip); }

// gx = g · factor + (1 − factor) · (Σ_c g) · luma;  dfactor = Σ g · (x − gray)
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let g = clip_backward(raw(x, p), gy, p.clip);
  (*gp).factor += dot(g, x - gray(x));
  return g * p.factor + (1.0 - p.factor) * (g.x + g.y + g.z) * LUMA;
}
