// x' + ½ = (x + ½) · W' / W, where the longer side becomes the given one
import package::lib::frame::Frame;

struct Params { none: f32 }

fn matrix(p: Params, f: Frame) -> mat3x3f {
  let s = vec2f(f.out_width / f.width, f.out_height / f.height);
  return mat3x3f(vec3f(s.x, 0.0, 0.0), vec3f(0.0, s.y, 0.0), vec3f(0.5 * s - 0.5, 1.0));
}

fn backward(p: Params, f: Frame, gm: mat3x3f, gp: ptr<function, Params>) { }
