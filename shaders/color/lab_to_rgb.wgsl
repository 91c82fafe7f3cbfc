// CIE L*a*b* under D65 to sRGB: f(Y) = (L + 16) / 116, f(X) = f(Y) + a / 500, f(Z) = max(f(Y) − b / 200, 0);
// t = f³ above 0.2068966 and (f − 4/29) / 7.787 below; then linear RGB of XYZ = t · white, and sRGB of that, clipped if asked for
import package::lib::cheap::at_least;
import package::lib::clip::{ clip, clip_backward };
import package::lib::srgb::{ srgb_of, srgb_slope };
import package::lib::xyz::{ WHITE, rgb_back, rgb_of };

struct Params { clip: bool }

const DARK: f32 = 0.2068966;

fn roots(x: vec3f) -> vec3f {
  let y = (x.x + 16.0) / 116.0;
  return vec3f(y + x.y / 500.0, y, at_least(y - x.z / 200.0, 0.0));
}

fn light(f: vec3f) -> vec3f { return rgb_of(WHITE * select((f - 4.0 / 29.0) / 7.787, f * f * f, f > vec3f(DARK))); }

fn forward(x: vec3f, p: Params) -> vec3f { return clip(srgb_of(light(roots(x))), p.clip); }

fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let f = roots(x);
  let linear = light(f);
  let g = clip_backward(srgb_of(linear), gy, p.clip) * srgb_slope(linear);
  let gf = rgb_back(g) * WHITE * select(vec3f(1.0 / 7.787), 3.0 * f * f, f > vec3f(DARK));
  let gz = select(0.0, gf.z, (x.x + 16.0) / 116.0 >= x.z / 200.0);
  return vec3f((gf.x + gf.y + gz) / 116.0, gf.x / 500.0, -gz / 200.0);
}
