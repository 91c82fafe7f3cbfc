// sRGB to CIE L*a*b* under D65: with f = t^(1/3) above 0.008856 and 7.787 t + 4/29 below, t being X, Y and Z in parts of white:
// L = 116 f(Y) − 16, a = 500 (f(X) − f(Y)), b = 200 (f(Y) − f(Z))
import package::lib::srgb::{ linear_of, linear_slope };
import package::lib::xyz::{ WHITE, xyz_back, xyz_of };

struct Params { none: f32 }

const DARK: f32 = 0.008856;

fn root(t: vec3f) -> vec3f { return pow(max(t, vec3f(DARK)), vec3f(1.0 / 3.0)); }

fn forward(x: vec3f, p: Params) -> vec3f {
  let t = xyz_of(linear_of(x)) / WHITE;
  let f = select(7.787 * t + 4.0 / 29.0, root(t), t > vec3f(DARK));
  return vec3f(116.0 * f.y - 16.0, 500.0 * (f.x - f.y), 200.0 * (f.y - f.z));
}

fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let t = xyz_of(linear_of(x)) / WHITE;
  let slope = select(vec3f(7.787), root(t) / (3.0 * max(t, vec3f(DARK))), t > vec3f(DARK));
  let gf = vec3f(500.0 * gy.y, 116.0 * gy.x - 500.0 * gy.y + 200.0 * gy.z, -200.0 * gy.z);
  return xyz_back(gf * slope / WHITE) * linear_slope(x);
}
