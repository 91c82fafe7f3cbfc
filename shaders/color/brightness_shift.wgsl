// y = clip(x + shift)
import package::lib::clip::{ clip, clip_backward };

struct Params { shift: f32, clip: bool }

fn forward(x: vec3f, p: Params) -> vec3f { return clip(x + p.shift, p.clip); }

// gx = g;  dshift = Σ g
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let g = clip_backward(x + p.shift, gy, p.clip);
  (*gp).shift += g.x + g.y + g.z;
  return g;
}
