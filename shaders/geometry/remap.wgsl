// p' looks where the grid says: v in pixels, or in −1..1 from the first pixel to the last where `normalized` says so
import package::lib::frame::Frame;
import package::lib::pixel::Pixel;
import package::lib::unit::{ from_unit, unit_slope };

struct Params { normalized: bool }

fn place(at: Pixel, p: Params, f: Frame, v: vec2f) -> vec2f {
  return select(v, from_unit(v, vec2f(f.width, f.height)), p.normalized);
}

fn backward(at: Pixel, p: Params, f: Frame, v: vec2f, g: vec2f, gp: ptr<function, Params>) -> vec2f {
  return select(g, g * unit_slope(vec2f(f.width, f.height)), p.normalized);
}
