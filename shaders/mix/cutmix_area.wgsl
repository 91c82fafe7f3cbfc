// y = x + c · (x of the partner − x), c being how much of the pixel a rectangle covers, as in cutmix. Its sides are √area times the
// image's; x and y say how much of the room that it leaves lies on the left and above.
import package::lib::cheap::at_least;
import package::lib::cover::{ cover, cover_slope };
import package::lib::frame::Frame;
import package::lib::pixel::Pixel;
import package::lib::tap::Tap;

struct Params { area: f32, x: f32, y: f32 }

fn side_of(p: Params, f: Frame) -> vec2f { return sqrt(p.area) * vec2f(f.width, f.height); }
fn room_of(p: Params, f: Frame) -> vec2f { return vec2f(f.width, f.height) - side_of(p, f); }

fn share(source: u32, at: Pixel, p: Params, f: Frame) -> f32 {
  let side = side_of(p, f);
  let corner = vec2f(p.x, p.y) * room_of(p, f);
  let c = cover(at.x, corner.x, side.x) * cover(at.y, corner.y, side.y);
  return select(1.0 - c, c, source == 1u);
}

fn tap(i: u32, at: Pixel, p: Params, f: Frame) -> Tap { return Tap(i, at, share(i, at, p, f)); }

fn seen(i: u32, source: u32, at: Pixel, p: Params, f: Frame) -> Tap { return Tap(source, at, share(source, at, p, f)); }

// With w = √area · W: dw / darea = w / (2 area), which is infinite at 0; there it is that of an area of 10⁻⁶.
fn backward(at: Pixel, p: Params, f: Frame, gs: array<f32, 2>, gp: ptr<function, Params>) {
  let gc = gs[1] - gs[0];
  let side = side_of(p, f);
  let room = room_of(p, f);
  let left = p.x * room.x;
  let top = p.y * room.y;
  let sx = cover_slope(at.x, left, side.x) * cover(at.y, top, side.y) * gc;
  let sy = cover_slope(at.y, top, side.y) * cover(at.x, left, side.x) * gc;
  (*gp).x += sx.x * room.x;
  (*gp).y += sy.x * room.y;
  let by_side = vec2f((sx.y - p.x * sx.x) * f.width, (sy.y - p.y * sy.x) * f.height);
  (*gp).area += 0.5 * (by_side.x + by_side.y) / sqrt(at_least(p.area, 1e-6));
}
