// (Y, U, V) of analogue PAL to RGB: R = Y + 1.14 V, G = Y − 0.396 U − 0.581 V, B = Y + 2.029 U
struct Params { none: f32 }

fn forward(x: vec3f, p: Params) -> vec3f {
  return vec3f(x.x + 1.14 * x.z, x.x - 0.396 * x.y - 0.581 * x.z, x.x + 2.029 * x.y);
}

fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  return vec3f(gy.x + gy.y + gy.z, 2.029 * gy.z - 0.396 * gy.y, 1.14 * gy.x - 0.581 * gy.y);
}
