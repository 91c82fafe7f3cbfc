// How threads are counted, and where a pixel is.
import package::lib::pixel::Pixel;

// Threads in one line of workgroups: a dispatch has at most 65,535 of them in one direction.
const LINE: u32 = 65535u * 64u;

fn pixel(i: u32, width: u32) -> Pixel {
  let y = i / width;
  return Pixel(f32(i - y * width), f32(y));
}
