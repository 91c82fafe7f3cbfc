// y = x + c · (x of the partner − x), c being how much of the pixel the rectangle [left, left + width] × [top, top + height] covers. x and
// y are left and top; with `relative` they say how much of the room that the rectangle leaves lies on the left and above.
import package::lib::cover::{ cover, cover_slope };
import package::lib::frame::Frame;
import package::lib::pixel::Pixel;
import package::lib::tap::Tap;

struct Params { x: f32, y: f32, width: f32, height: f32, relative: bool }

// How far the corner moves as (x, y) do.
fn unit_of(p: Params, f: Frame) -> vec2f {
  return select(vec2f(1.0), vec2f(f.width - p.width, f.height - p.height), p.relative);
}
fn corner_of(p: Params, f: Frame) -> vec2f { return vec2f(p.x, p.y) * unit_of(p, f); }

fn share(source: u32, at: Pixel, p: Params, f: Frame) -> f32 {
  let corner = corner_of(p, f);
  let c = cover(at.x, corner.x, p.width) * cover(at.y, corner.y, p.height);
  return select(1.0 - c, c, source == 1u);
}

fn tap(i: u32, at: Pixel, p: Params, f: Frame) -> Tap { return Tap(i, at, share(i, at, p, f)); }

fn seen(i: u32, source: u32, at: Pixel, p: Params, f: Frame) -> Tap { return Tap(source, at, share(source, at, p, f)); }

fn backward(at: Pixel, p: Params, f: Frame, gs: array<f32, 2>, gp: ptr<function, Params>) {
  let gc = gs[1] - gs[0];
  let unit = unit_of(p, f);
  let corner = corner_of(p, f);
  let sx = cover_slope(at.x, corner.x, p.width) * cover(at.y, corner.y, p.height) * gc;
  let sy = cover_slope(at.y, corner.y, p.height) * cover(at.x, corner.x, p.width) * gc;
  (*gp).x += sx.x * unit.x;
  (*gp).y += sy.x * unit.y;
  // A wider rectangle leaves less room.
  (*gp).width += sx.y - select(0.0, p.x * sx.x, p.relative);
  (*gp).height += sy.y - select(0.0, p.y * sy.x, p.relative);
}
