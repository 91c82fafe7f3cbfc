// The three channels in reverse.
struct Params { none: f32 }

fn forward(x: vec3f, p: Params) -> vec3f { return x.zyx; }

fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f { return gy.zyx; }
