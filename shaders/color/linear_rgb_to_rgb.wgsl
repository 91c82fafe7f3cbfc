// Linear light to sRGB: y = 12.92 · x up to 0.0031308, 1.055 · x^(1 / 2.4) − 0.055 above
import package::lib::srgb::{ srgb_of, srgb_slope };

struct Params { none: f32 }

fn forward(x: vec3f, p: Params) -> vec3f { return srgb_of(x); }

fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f { return gy * srgb_slope(x); }
