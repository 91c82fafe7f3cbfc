// y = 255 · clip((x + 1) / 2)
import package::lib::clip::{ clip, clip_backward };

struct Params { none: f32 }

fn forward(x: vec3f, p: Params) -> vec3f { return 255.0 * clip(0.5 * (x + 1.0), true); }

fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  return 127.5 * clip_backward(0.5 * (x + 1.0), gy, true);
}
