// y = clip(factor · x)
import package::lib::clip::{ clip, clip_backward };

struct Params { factor: f32, clip: bool }

fn forward(x: vec3f, p: Params) -> vec3f { return clip(p.factor * x, p.clip); }

// gx = g · factor;  dfactor = Σ g · x
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let g = clip_backward(p.factor * x, gy, p.clip);
  (*gp).factor += dot(g, x);
  return g * p.factor;
}
