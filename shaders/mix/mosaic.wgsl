// Four images in a grid (own, right, below, below right), of which the window from (x, y) on is seen: between pixels, and
// across the seams, bilinearly; 0 beyond the grid. With `relative`, x and y are in parts of the images' width and height.
import package::lib::frame::Frame;
import package::lib::pixel::Pixel;
import package::lib::tap::{ NOTHING, Tap };

struct Params { x: f32, y: f32, relative: bool }

// The share of tap i, and how it changes with the fraction of a pixel along x and y. Bit 0 of i is the right column of a two by
// two, bit 1 the lower row.
fn share(i: u32, f: vec2f) -> f32 {
  return select(1.0 - f.x, f.x, (i & 1u) == 1u) * select(1.0 - f.y, f.y, i > 1u);
}
fn slope(i: u32, f: vec2f) -> vec2f {
  let side = select(vec2f(-1.0), vec2f(1.0), vec2<bool>((i & 1u) == 1u, i > 1u));
  return side * vec2f(select(1.0 - f.y, f.y, i > 1u), select(1.0 - f.x, f.x, (i & 1u) == 1u));
}

fn unit_of(p: Params, f: Frame) -> vec2f { return select(vec2f(1.0), vec2f(f.width, f.height), p.relative); }
fn start_of(p: Params, f: Frame) -> vec2f { return vec2f(p.x, p.y) * unit_of(p, f); }
fn first_of(p: Params, f: Frame) -> vec2f { return floor(start_of(p, f)); }
fn fraction_of(p: Params, f: Frame) -> vec2f { return start_of(p, f) - first_of(p, f); }

fn tap(i: u32, at: Pixel, p: Params, f: Frame) -> Tap {
  let size = vec2f(f.width, f.height);
  let place = vec2f(at.x, at.y) + first_of(p, f) + vec2f(f32(i & 1u), f32(i >> 1u));
  let over = place >= size;
  let inside = all(place >= vec2f(0.0)) & all(place < 2.0 * size);
  let within = select(vec2f(0.0), place - select(vec2f(0.0), size, over), inside);
  let source = select(0u, 1u, over.x) + select(0u, 2u, over.y);
  return Tap(select(NOTHING, source, inside), Pixel(within.x, within.y), share(i, fraction_of(p, f)));
}

// The same, the other way round: the output pixel whose tap i is this pixel.
fn seen(i: u32, source: u32, at: Pixel, p: Params, f: Frame) -> Tap {
  let tile = vec2f(f32(source & 1u), f32(source >> 1u)) * vec2f(f.width, f.height);
  let place = vec2f(at.x, at.y) + tile - first_of(p, f) - vec2f(f32(i & 1u), f32(i >> 1u));
  let inside = all(place >= vec2f(0.0)) & all(place < vec2f(f.out_width, f.out_height));
  let within = select(vec2f(0.0), place, inside);
  return Tap(select(NOTHING, source, inside), Pixel(within.x, within.y), share(i, fraction_of(p, f)));
}

fn backward(at: Pixel, p: Params, f: Frame, gs: array<f32, 4>, gp: ptr<function, Params>) {
  let part = fraction_of(p, f);
  let g = slope(0u, part) * gs[0] + slope(1u, part) * gs[1] + slope(2u, part) * gs[2] + slope(3u, part) * gs[3];
  let unit = unit_of(p, f);
  (*gp).x += g.x * unit.x;
  (*gp).y += g.y * unit.y;
}
