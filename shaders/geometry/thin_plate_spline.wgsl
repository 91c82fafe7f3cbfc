// p' looks at v, which was made for it
import package::lib::frame::Frame;
import package::lib::pixel::Pixel;

struct Params { none: f32 }

fn place(at: Pixel, p: Params, f: Frame, v: vec2f) -> vec2f { return v; }

fn backward(at: Pixel, p: Params, f: Frame, v: vec2f, g: vec2f, gp: ptr<function, Params>) -> vec2f { return g; }
