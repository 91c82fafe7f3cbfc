// RGB to (Y, U, V) of analogue PAL: Y = 0.299 R + 0.587 G + 0.114 B, U = −0.147 R − 0.289 G + 0.436 B, V = 0.615 R − 0.515 G − 0.1 B
import package::lib::gray::{ LUMA, gray };

struct Params { none: f32 }

const U: vec3f = vec3f(-0.147, -0.289, 0.436);
const V: vec3f = vec3f(0.615, -0.515, -0.1);

fn forward(x: vec3f, p: Params) -> vec3f { return vec3f(gray(x), dot(U, x), dot(V, x)); }

fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f { return LUMA * gy.x + U * gy.y + V * gy.z; }
