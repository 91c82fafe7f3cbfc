// y = x + c · (value − x), c being how much of the pixel the rectangle covers: 0 or 1 where its edges lie between pixels,
// and a straight ramp over the pixel that an edge crosses, so that place and size have true gradients.
// The rectangle is [x, x + width] × [y, y + height] in edges: the pixel at i reaches from i to i + 1.
import package::lib::blend::{ blend, blend_slope };
import package::lib::cover::{ cover, cover_slope };
import package::lib::pixel::Pixel;

struct Params { x: f32, y: f32, width: f32, height: f32, value: f32 }

fn forward(x: vec3f, p: Params, at: Pixel) -> vec3f {
  let c = cover(at.x, p.x, p.width) * cover(at.y, p.y, p.height);
  return blend(x, vec3f(p.value), c);
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
