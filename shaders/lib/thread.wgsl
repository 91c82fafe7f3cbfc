// How threads are counted, and where a pixel is.
import package::lib::pixel::Pixel;

// Threads in one line of workgroups: a dispatch has at most 65,535 of them in one direction.
const LINE: u32 = 65535u * 64u;

fn pixel(i: u32, width: u32) -> Pixel {
  let y = i / width;
  return Pixel(f32(i - y * width), f32(y));
}

// The pixel after another: cheaper than a second division.
fn next(at: Pixel, width: u32) -> Pixel {
  let x = at.x + 1.0;
  let wraps = x >= f32(width);
  return Pixel(select(x, 0.0, wraps), select(at.y, at.y + 1.0, wraps));
}
