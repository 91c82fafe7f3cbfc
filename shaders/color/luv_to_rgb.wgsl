// CIE L*u*v* under D65 to sRGB: u' = u / 13L + u' of white, v' = v / 13L + v' of white; Y = ((L + 16) / 116)³ where L > 7.999625, else
// L / 903.3; X = Y · 9u' / 4v', Z = Y · (12 − 3u' − 20v') / 4v'; then linear RGB of XYZ, and sRGB of that, not clipped
import package::lib::srgb::{ srgb_of, srgb_slope };
import package::lib::xyz::{ rgb_back, rgb_of };

struct Params { none: f32 }

const DARK: f32 = 7.999625;
const WHITE_U: f32 = 4.0 * 0.95047 / (0.95047 + 15.0 + 3.0 * 1.08883);
const WHITE_V: f32 = 9.0 / (0.95047 + 15.0 + 3.0 * 1.08883);

struct Chroma { q: f32, u: f32, v: f32, y: f32 }

fn chroma(x: vec3f) -> Chroma {
  let q = 13.0 * x.x + 1e-12;
  let root = (x.x + 16.0) / 116.0;
  return Chroma(q, WHITE_U + x.y / q, WHITE_V + x.z / q, select(x.x / 903.3, root * root * root, x.x > DARK));
}

fn light(c: Chroma) -> vec3f {
  let share = c.y / (4.0 * c.v);
  return rgb_of(vec3f(9.0 * c.u * share, c.y, (12.0 - 3.0 * c.u - 20.0 * c.v) * share));
}

fn forward(x: vec3f, p: Params) -> vec3f { return srgb_of(light(chroma(x))); }

fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let c = chroma(x);
  let g = rgb_back(gy * srgb_slope(light(c)));
  let over = 1.0 / (4.0 * c.v);
  let gu = c.y * over * (9.0 * g.x - 3.0 * g.z);
  let gv = -c.y * over * ((9.0 * c.u / c.v) * g.x + ((12.0 - 3.0 * c.u) / c.v) * g.z);
  let gyy = g.y + over * (9.0 * c.u * g.x + (12.0 - 3.0 * c.u - 20.0 * c.v) * g.z);
  let root = (x.x + 16.0) / 116.0;
  let slope = select(1.0 / 903.3, 3.0 * root * root / 116.0, x.x > DARK);
  let gl = gyy * slope - 13.0 * ((gu * x.y + gv * x.z) / c.q) / c.q;
  return vec3f(gl, gu / c.q, gv / c.q);
}
