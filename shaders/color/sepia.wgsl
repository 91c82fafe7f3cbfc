// The brown of old photographs: y = M · x, clipped if asked for
import package::lib::clip::{ clip, clip_backward };

struct Params { clip: bool }

const R: vec3f = vec3f(0.393, 0.769, 0.189);
const G: vec3f = vec3f(0.349, 0.686, 0.168);
const B: vec3f = vec3f(0.272, 0.534, 0.131);

fn raw(x: vec3f) -> vec3f { return vec3f(dot(R, x), dot(G, x), dot(B, x)); }

fn forward(x: vec3f, p: Params) -> vec3f { return clip(raw(x), p.clip); }

fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let g = clip_backward(raw(x), gy, p.clip);
  return R * g.x + G * g.y + B * g.z;
}
