// y = clip(x + (red, green, blue))
import package::lib::clip::{ clip, clip_backward };

struct Params { red: f32, green: f32, blue: f32, clip: bool }

fn moved(x: vec3f, p: Params) -> vec3f { return x + vec3f(p.red, p.green, p.blue); }

fn forward(x: vec3f, p: Params) -> vec3f { return clip(moved(x, p), p.clip); }

fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let g = clip_backward(moved(x, p), gy, p.clip);
  (*gp).red += g.x;
  (*gp).green += g.y;
  (*gp).blue += g.z;
  return g;
}
