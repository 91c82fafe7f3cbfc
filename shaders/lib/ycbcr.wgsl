// Luma and colour differences as JPEG has them, with the rounded factors of OpenCV and Kornia: about 0.5, 0 to 1.

const LUMA: vec3f = vec3f(0.299, 0.587, 0.114);

fn ycbcr_of(rgb: vec3f) -> vec3f {
  let y = dot(LUMA, rgb);
  return vec3f(y, (rgb.z - y) * 0.564 + 0.5, (rgb.x - y) * 0.713 + 0.5);
}

// The transpose of its linear part.
fn ycbcr_back(g: vec3f) -> vec3f {
  return LUMA * (g.x - 0.564 * g.y - 0.713 * g.z) + vec3f(0.713 * g.z, 0.0, 0.564 * g.y);
}

fn rgb_of(v: vec3f) -> vec3f {
  let b = v.y - 0.5;
  let r = v.z - 0.5;
  return vec3f(v.x + 1.403 * r, v.x - 0.714 * r - 0.344 * b, v.x + 1.773 * b);
}

// The transpose of its linear part.
fn rgb_back(g: vec3f) -> vec3f {
  return vec3f(g.x + g.y + g.z, 1.773 * g.z - 0.344 * g.y, 1.403 * g.x - 0.714 * g.y);
}
