// p' = p − floor((size − window) / 2)
import package::lib::frame::Frame;

struct Params { none: f32 }

fn matrix(p: Params, f: Frame) -> mat3x3f {
  let start = floor(0.5 * vec2f(f.width - f.out_width, f.height - f.out_height));
  return mat3x3f(vec3f(1.0, 0.0, 0.0), vec3f(0.0, 1.0, 0.0), vec3f(-start, 1.0));
}

fn backward(p: Params, f: Frame, gm: mat3x3f, gp: ptr<function, Params>) { }
