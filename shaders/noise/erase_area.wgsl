// y = x + c · (value − x), c being how much of the pixel a rectangle covers, as in erasing. Its sides are √(area · W H · ratio) down and
// √(area · W H / ratio) across, at most the image's; x and y say how much of the room that it leaves lies on the left and above.
import package::lib::blend::{ blend, blend_slope };
import package::lib::cheap::at_most;
import package::lib::cover::{ cover, cover_slope };
import package::lib::frame::Frame;
import package::lib::pixel::Pixel;

struct Params { area: f32, ratio: f32, x: f32, y: f32, value: f32 }

// Width and height, as they are wanted.
fn wanted(p: Params, f: Frame) -> vec2f {
  let pixels = p.area * f.width * f.height;
  return sqrt(vec2f(pixels / p.ratio, pixels * p.ratio));
}

fn forward(x: vec3f, p: Params, at: Pixel, f: Frame) -> vec3f {
  let side = wanted(p, f);
  let width = at_most(side.x, f.width);
  let height = at_most(side.y, f.height);
  let c = cover(at.x, p.x * (f.width - width), width) * cover(at.y, p.y * (f.height - height), height);
  return blend(x, vec3f(p.value), c);
}

// With w = √(area · W H / ratio): dw / darea = w / (2 area), dw / dratio = −w / (2 ratio). A side that is held at the image's stays.
fn backward(x: vec3f, p: Params, at: Pixel, f: Frame, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let side = wanted(p, f);
  let width = at_most(side.x, f.width);
  let height = at_most(side.y, f.height);
  let left = p.x * (f.width - width);
  let top = p.y * (f.height - height);
  let cx = cover(at.x, left, width);
  let cy = cover(at.y, top, height);
  let gc = blend_slope(x, vec3f(p.value), gy);
  let sx = cover_slope(at.x, left, width) * cy * gc;
  let sy = cover_slope(at.y, top, height) * cx * gc;
  (*gp).x += sx.x * (f.width - width);
  (*gp).y += sy.x * (f.height - height);
  let gw = select((sx.y - p.x * sx.x) * width, 0.0, side.x > f.width);
  let gh = select((sy.y - p.y * sy.x) * height, 0.0, side.y > f.height);
  (*gp).area += 0.5 * (gw + gh) / p.area;
  (*gp).ratio += 0.5 * (gh - gw) / p.ratio;
  (*gp).value += cx * cy * (gy.x + gy.y + gy.z);
  return gy * (1.0 - cx * cy);
}
