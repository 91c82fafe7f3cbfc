// x' + ½ = (x + ½ − left) · W' / width: a window of √(area · W H · ratio) × √(area · W H / ratio) pixels, at most the image's, goes to the
// whole result; x and y say how much of the room that it leaves lies on the left and above.
import package::lib::cheap::at_most;
import package::lib::frame::Frame;

struct Params { area: f32, ratio: f32, x: f32, y: f32 }

// Width and height, as they are wanted.
fn wanted(p: Params, f: Frame) -> vec2f {
  let pixels = p.area * f.width * f.height;
  return sqrt(vec2f(pixels * p.ratio, pixels / p.ratio));
}

fn matrix(p: Params, f: Frame) -> mat3x3f {
  let side = wanted(p, f);
  let window = vec2f(at_most(side.x, f.width), at_most(side.y, f.height));
  let start = vec2f(p.x, p.y) * (vec2f(f.width, f.height) - window);
  let s = vec2f(f.out_width, f.out_height) / window;
  return mat3x3f(vec3f(s.x, 0.0, 0.0), vec3f(0.0, s.y, 0.0), vec3f(s * (0.5 - start) - 0.5, 1.0));
}

// With s = W' / w and t = s (½ − start) − ½:  ds / dw = −s / w, dstart / dw = −x. A side that is held at the image's stays.
fn backward(p: Params, f: Frame, gm: mat3x3f, gp: ptr<function, Params>) {
  let side = wanted(p, f);
  let size = vec2f(f.width, f.height);
  let window = vec2f(at_most(side.x, f.width), at_most(side.y, f.height));
  let share = vec2f(p.x, p.y);
  let s = vec2f(f.out_width, f.out_height) / window;
  let gs = vec2f(gm[0].x, gm[1].y) + gm[2].xy * (0.5 - share * (size - window));
  let gstart = -gm[2].xy * s;
  let gwindow = select(-gs * s - gstart * share * window, vec2f(0.0), side > size);
  (*gp).x += gstart.x * (f.width - window.x);
  (*gp).y += gstart.y * (f.height - window.y);
  (*gp).area += 0.5 * (gwindow.x + gwindow.y) / p.area;
  (*gp).ratio += 0.5 * (gwindow.x - gwindow.y) / p.ratio;
}
