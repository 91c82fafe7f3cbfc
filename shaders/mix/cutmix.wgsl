// y = x + c · (x of the partner − x), c being how much of the pixel the rectangle [x, x + width] × [y, y + height] covers.
import package::lib::cover::{ cover, cover_slope };
import package::lib::frame::Frame;
import package::lib::pixel::Pixel;
import package::lib::tap::Tap;

struct Params { x: f32, y: f32, width: f32, height: f32 }

fn share(source: u32, at: Pixel, p: Params) -> f32 {
  let c = cover(at.x, p.x, p.width) * cover(at.y, p.y, p.height);
  return select(1.0 - c, c, source == 1u);
}

fn tap(i: u32, at: Pixel, p: Params, f: Frame) -> Tap { return Tap(i, at, share(i, at, p)); }

fn seen(i: u32, source: u32, at: Pixel, p: Params, f: Frame) -> Tap { return Tap(source, at, share(source, at, p)); }

fn backward(at: Pixel, p: Params, f: Frame, gs: array<f32, 2>, gp: ptr<function, Params>) {
  let gc = gs[1] - gs[0];
  let sx = cover_slope(at.x, p.x, p.width) * cover(at.y, p.y, p.height) * gc;
  let sy = cover_slope(at.y, p.y, p.height) * cover(at.x, p.x, p.width) * gc;
  (*gp).x += sx.x;
  (*gp).width += sx.y;
  (*gp).y += sy.x;
  (*gp).height += sy.y;
}
