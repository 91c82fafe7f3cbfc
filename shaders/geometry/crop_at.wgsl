// p' = p − (left, top), whole pixels: of the places that the window has in the image with its margins, or they in it, the one at x and y.
import package::lib::cheap::at_most;
import package::lib::frame::Frame;

struct Params { x: f32, y: f32, left: f32, top: f32, right: f32, bottom: f32 }

fn first(share: f32, size: f32, window: f32) -> f32 {
  let room = abs(size - window);
  return sign(size - window) * at_most(floor(share * (room + 1.0)), room);
}

fn matrix(p: Params, f: Frame) -> mat3x3f {
  let x = first(p.x, p.left + f.width + p.right, f.out_width) - p.left;
  let y = first(p.y, p.top + f.height + p.bottom, f.out_height) - p.top;
  return mat3x3f(vec3f(1.0, 0.0, 0.0), vec3f(0.0, 1.0, 0.0), vec3f(-x, -y, 1.0));
}

fn backward(p: Params, f: Frame, gm: mat3x3f, gp: ptr<function, Params>) { }
