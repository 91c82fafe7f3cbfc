// y = x + c · (value − x), c being how much of the pixel the rectangle covers: 0 or 1 where its edges lie between pixels,
// and a straight ramp over the pixel that an edge crosses, so that place and size have true gradients.
// The rectangle is [x, x + width] × [y, y + height] in edges: the pixel at i reaches from i to i + 1.
import package::lib::blend::{ blend, blend_slope };
import package::lib::cheap::{ at_least, at_most, within };
import package::lib::pixel::Pixel;

struct Params { x: f32, y: f32, width: f32, height: f32, value: f32 }

fn overlap(i: f32, start: f32, size: f32) -> f32 { return at_most(start + size, i + 1.0) - at_least(start, i); }

fn cover(i: f32, start: f32, size: f32) -> f32 { return within(overlap(i, start, size), 0.0, 1.0); }

fn forward(x: vec3f, p: Params, at: Pixel) -> vec3f {
  let c = cover(at.x, p.x, p.width) * cover(at.y, p.y, p.height);
  return blend(x, vec3f(p.value), c);
}

// How the cover of a pixel changes with (start, size). Where an edge lies between pixels, that is to say, as it moves on.
fn cover_slope(i: f32, start: f32, size: f32) -> vec2f {
  let end = start + size;
  let by_end = select(0.0, 1.0, (end >= i) & (end < i + 1.0));
  let by_start = select(0.0, 1.0, (start >= i) & (start < i + 1.0));
  return vec2f(by_end - by_start, by_end);
}

fn backward(x: vec3f, p: Params, at: Pixel, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let cx = cover(at.x, p.x, p.width);
  let cy = cover(at.y, p.y, p.height);
  let c = cx * cy;
  let gc = blend_slope(x, vec3f(p.value), gy);
  let sx = cover_slope(at.x, p.x, p.width) * cy * gc;
  let sy = cover_slope(at.y, p.y, p.height) * cx * gc;
  (*gp).x += sx.x;
  (*gp).width += sx.y;
  (*gp).y += sy.x;
  (*gp).height += sy.y;
  (*gp).value += c * (gy.x + gy.y + gy.z);
  return gy * (1.0 - c);
}
