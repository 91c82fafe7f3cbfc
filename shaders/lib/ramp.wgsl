// A ramp across an image, from 0 at its darkest pixel to 1 at its brightest, that rises along a direction in parts of the image's
// sides; 0 where the image has one pixel along it.
import package::lib::frame::Frame;
import package::lib::pixel::Pixel;

// Places along x and y, −1/2 to 1/2, and 1, or 0 where there is one pixel alone.
struct Parts { x: f32, y: f32, wide: f32, high: f32 }

fn parts_of(at: Pixel, f: Frame) -> Parts {
  let wide = select(0.0, 1.0, f.width > 1.0);
  let high = select(0.0, 1.0, f.height > 1.0);
  let x = select(0.0, at.x / (f.width - 1.0) - 0.5, f.width > 1.0);
  let y = select(0.0, at.y / (f.height - 1.0) - 0.5, f.height > 1.0);
  return Parts(x, y, wide, high);
}

// How far the ramp spans before it is brought to 0..1.
fn span_of(s: Parts, along: vec2f) -> f32 { return abs(along.x) * s.wide + abs(along.y) * s.high; }

fn ramp_of(s: Parts, along: vec2f) -> f32 {
  let span = span_of(s, along);
  return select((along.x * s.x + along.y * s.y) / span + 0.5, 0.0, span == 0.0);
}
