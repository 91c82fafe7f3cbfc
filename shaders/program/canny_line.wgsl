// The line through a pixel along which `down`, or else across, it is blurred.
import package::program::canny::{ SIGMA_X, SIGMA_Y, Place, Shape };

@if(down) const SIGMA: u32 = SIGMA_Y;
@if(!down) const SIGMA: u32 = SIGMA_X;

// Where it starts, the pixel's place on it, how long it is, and how far apart its pixels lie in the plane.
struct Line { start: i32, at: i32, size: i32, step: i32 }

@if(down)
fn line_of(i: u32, p: Place, s: Shape) -> Line {
  let step = i32(s.width);
  return Line(i32(i) - i32(p.y) * step, i32(p.y), i32(s.height), step);
}
@if(!down)
fn line_of(i: u32, p: Place, s: Shape) -> Line { return Line(i32(i) - i32(p.x), i32(p.x), i32(s.width), 1); }
