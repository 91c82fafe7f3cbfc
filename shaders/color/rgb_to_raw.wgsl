// The channel that a colour filter array lets through at a pixel. Of each 2 x 2 pixels one is red; blue is on the other diagonal.
import package::lib::pixel::Pixel;

// 0: rggb, 1: grbg, 2: bggr, 3: gbrg
struct Params { pattern: f32 }

// Whether a pixel is in a red row, and in a red column.
fn is_red(at: Pixel, p: Params) -> vec2<bool> {
  let odd = vec2f(at.x, at.y) - 2.0 * floor(0.5 * vec2f(at.x, at.y)) > vec2f(0.5);
  return vec2<bool>(odd.x == ((p.pattern == 1.0) | (p.pattern == 2.0)), odd.y == (p.pattern > 1.5));
}

fn forward(x: vec3f, p: Params, at: Pixel) -> vec3f {
  let red = is_red(at, p);
  return vec3f(select(x.y, select(x.z, x.x, red.x), red.x == red.y));
}

fn backward(x: vec3f, p: Params, at: Pixel, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let red = is_red(at, p);
  let straight = red.x == red.y;
  return vec3f(select(0.0, gy.x, straight & red.x), select(gy.x, 0.0, straight), select(0.0, gy.x, straight & !red.x));
}
