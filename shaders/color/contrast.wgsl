// y = clip(factor · (x − pivot) + pivot)
import package::lib::clip::{ clip, clip_backward };

struct Params { factor: f32, pivot: f32, clip: bool }

fn raw(x: vec3f, p: Params) -> vec3f { return p.factor * (x - p.pivot) + p.pivot; }

fn forward(x: vec3f, p: Params) -> vec3f { return clip(raw(x, p), p.clip); }

// gx = g · factor;  dfactor = Σ g · (x − pivot);  dpivot = Σ g · (1 − factor)
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let g = clip_backward(raw(x, p), gy, p.clip);
  (*gp).factor += dot(g, x - p.pivot);
  (*gp).pivot += (g.x + g.y + g.z) * (1.0 - p.factor);
  return g * p.factor;
}
