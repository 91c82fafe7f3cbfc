// p' looks at p' + alpha · (size − 1) / 2 · v, v the smoothed noise at p'; held within the image where `clamp` says so
import package::lib::frame::Frame;
import package::lib::pixel::Pixel;
import package::lib::unit::unit_slope;
import package::lib::cheap::within2;

struct Params { alphaX: f32, alphaY: f32, clamp: bool }

fn moved(at: Pixel, p: Params, f: Frame, v: vec2f) -> vec2f {
  return vec2f(at.x, at.y) + vec2f(p.alphaX, p.alphaY) * unit_slope(vec2f(f.width, f.height)) * v;
}

fn place(at: Pixel, p: Params, f: Frame, v: vec2f) -> vec2f {
  let there = moved(at, p, f, v);
  return select(there, within2(there, vec2f(0.0), vec2f(f.width, f.height) - 1.0), p.clamp);
}

// Where a place is held back, it does not move.
fn backward(at: Pixel, p: Params, f: Frame, v: vec2f, g: vec2f, gp: ptr<function, Params>) -> vec2f {
  let there = moved(at, p, f, v);
  let held = (there < vec2f(0.0)) | (there > vec2f(f.width, f.height) - 1.0);
  let h = select(g, vec2f(0.0), held & vec2<bool>(p.clamp)) * unit_slope(vec2f(f.width, f.height));
  (*gp).alphaX += h.x * v.x;
  (*gp).alphaY += h.y * v.y;
  return h * vec2f(p.alphaX, p.alphaY);
}
