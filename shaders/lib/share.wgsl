// What a thread of a pass over pixels works on, and where a pixel is.
import package::generated::io::{ GROUPS, shape };
import package::lib::pixel::Pixel;
import package::lib::thread::LINE;

// Every `step`-th quad from `first` on, before `end`, of sample `n` and the channels from `lane` on.
// `slot` is its place among the threads of the sample. Threads beyond the last have an `n` that is no sample.
// There is always a first, so the loop asks behind it: SwiftShader runs a loop that asks before it once more, for nobody.
struct Share { n: u32, lane: u32, slot: u32, first: u32, step: u32, end: u32 }

// The slot of this thread, for a point that adds to its own sums in the buffer.
var<private> own_slot: u32;

fn share(id: vec3u) -> Share {
  let index = id.x + id.y * LINE;
  let threads = shape.threads;
  let owner = index / threads;
  let first = index - owner * threads;
  let n = owner / GROUPS;
  let group = owner - n * GROUPS;
  own_slot = group * threads + first;
  return Share(n, group * 3u, group * threads + first, first, threads, shape.quads);
}

fn pixel(i: u32, width: u32) -> Pixel {
  let y = i / width;
  return Pixel(f32(i - y * width), f32(y));
}

// The pixel after another: cheaper than a second division.
fn next(at: Pixel, width: f32) -> Pixel {
  let x = at.x + 1.0;
  let wraps = x >= width;
  return Pixel(select(x, 0.0, wraps), select(at.y, at.y + 1.0, wraps));
}
