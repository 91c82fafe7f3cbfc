// (Y, Cb, Cr) to RGB, with b = Cb − 0.5 and r = Cr − 0.5: R = Y + 1.403 r, G = Y − 0.714 r − 0.344 b, B = Y + 1.773 b, clipped if asked for
import package::lib::clip::{ clip, clip_backward };

struct Params { clip: bool }

fn raw(x: vec3f) -> vec3f {
  let b = x.y - 0.5;
  let r = x.z - 0.5;
  return vec3f(x.x + 1.403 * r, x.x - 0.714 * r - 0.344 * b, x.x + 1.773 * b);
}

fn forward(x: vec3f, p: Params) -> vec3f { return clip(raw(x), p.clip); }

fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let g = clip_backward(raw(x), gy, p.clip);
  return vec3f(g.x + g.y + g.z, 1.773 * g.z - 0.344 * g.y, 1.403 * g.x - 0.714 * g.y);
}
