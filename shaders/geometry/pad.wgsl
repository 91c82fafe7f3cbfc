// p' = p + (left, top)
import package::lib::frame::Frame;

struct Params { left: f32, top: f32 }

fn matrix(p: Params, f: Frame) -> mat3x3f {
  return mat3x3f(vec3f(1.0, 0.0, 0.0), vec3f(0.0, 1.0, 0.0), vec3f(p.left, p.top, 1.0));
}

fn backward(p: Params, f: Frame, gm: mat3x3f, gp: ptr<function, Params>) { }
