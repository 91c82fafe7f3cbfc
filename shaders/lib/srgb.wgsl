// The transfer curve of sRGB (IEC 61966-2-1), which is a straight line in the dark, and its inverse, with their slopes.
const DARK: f32 = 0.04045;
const DARK_LINEAR: f32 = 0.0031308;

fn linear_of(x: vec3f) -> vec3f {
  let bright = pow((max(x, vec3f(DARK)) + 0.055) / 1.055, vec3f(2.4));
  return select(x / 12.92, bright, x > vec3f(DARK));
}

fn linear_slope(x: vec3f) -> vec3f {
  let bright = pow((max(x, vec3f(DARK)) + 0.055) / 1.055, vec3f(1.4)) * (2.4 / 1.055);
  return select(vec3f(1.0 / 12.92), bright, x > vec3f(DARK));
}

fn srgb_of(x: vec3f) -> vec3f {
  let bright = 1.055 * pow(max(x, vec3f(DARK_LINEAR)), vec3f(1.0 / 2.4)) - 0.055;
  return select(12.92 * x, bright, x > vec3f(DARK_LINEAR));
}

fn srgb_slope(x: vec3f) -> vec3f {
  let bright = (1.055 / 2.4) * pow(max(x, vec3f(DARK_LINEAR)), vec3f(1.0 / 2.4 - 1.0));
  return select(vec3f(12.92), bright, x > vec3f(DARK_LINEAR));
}
