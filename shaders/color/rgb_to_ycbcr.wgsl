// RGB to (Y, Cb, Cr): Y = 0.299 R + 0.587 G + 0.114 B, Cb = 0.564 (B − Y) + 0.5, Cr = 0.713 (R − Y) + 0.5
import package::lib::gray::{ LUMA, gray };

struct Params { none: f32 }

fn forward(x: vec3f, p: Params) -> vec3f {
  let y = gray(x);
  return vec3f(y, 0.564 * (x.z - y) + 0.5, 0.713 * (x.x - y) + 0.5);
}

fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let b = 0.564 * gy.y;
  let r = 0.713 * gy.z;
  return (gy.x - b - r) * LUMA + vec3f(r, 0.0, b);
}
