// sRGB to CIE L*u*v* under D65: L = 116 Y^(1/3) − 16 where Y > 0.008856, else 903.3 Y; with u' = 4X / d, v' = 9Y / d, d = X + 15Y + 3Z:
// u = 13 L (u' − u' of white), v = 13 L (v' − v' of white); black is (0, 0, 0)
import package::lib::srgb::{ linear_of, linear_slope };
import package::lib::xyz::{ xyz_back, xyz_of };

struct Params { none: f32 }

const DARK: f32 = 0.008856;
const WHITE_U: f32 = 4.0 * 0.95047 / (0.95047 + 15.0 + 3.0 * 1.08883);
const WHITE_V: f32 = 9.0 / (0.95047 + 15.0 + 3.0 * 1.08883);

// Black has no chromaticity: a divisor that small only ever divides 0.
fn parts(t: vec3f) -> f32 { return t.x + 15.0 * t.y + 3.0 * t.z + 1e-12; }

fn lightness(y: f32) -> f32 {
  return select(903.3 * y, 116.0 * pow(max(y, DARK), 1.0 / 3.0) - 16.0, y > DARK);
}

fn forward(x: vec3f, p: Params) -> vec3f {
  let t = xyz_of(linear_of(x));
  let d = parts(t);
  let l = lightness(t.y);
  return vec3f(l, 13.0 * l * (4.0 * t.x / d - WHITE_U), 13.0 * l * (9.0 * t.y / d - WHITE_V));
}

fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let t = xyz_of(linear_of(x));
  let d = parts(t);
  let l = lightness(t.y);
  let u = 4.0 * t.x / d;
  let v = 9.0 * t.y / d;
  let gl = gy.x + 13.0 * (u - WHITE_U) * gy.y + 13.0 * (v - WHITE_V) * gy.z;
  let slope = select(903.3, (116.0 / 3.0) * pow(max(t.y, DARK), -2.0 / 3.0), t.y > DARK);
  let gu = 13.0 * (l / d) * gy.y;
  let gv = 13.0 * (l / d) * gy.z;
  let gd = -(gu * u + gv * v);
  return xyz_back(vec3f(4.0 * gu + gd, 9.0 * gv + gl * slope + 15.0 * gd, 3.0 * gd)) * linear_slope(x);
}
