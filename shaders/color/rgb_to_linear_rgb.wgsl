// sRGB to linear light: y = x / 12.92 up to 0.04045, ((x + 0.055) / 1.055)^2.4 above
import package::lib::srgb::{ linear_of, linear_slope };

struct Params { none: f32 }

fn forward(x: vec3f, p: Params) -> vec3f { return linear_of(x); }

fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f { return gy * linear_slope(x); }
