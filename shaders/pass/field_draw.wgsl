// Random numbers from −1 to 1 for a field to look through, x and y for each pixel of each sample, drawn from the sample's seed.
import package::lib::draw::{ draw_at, stream_of, uniform_joint, word_of };
import package::lib::pixel::Pixel;
import package::lib::thread::LINE;

struct Shape { samples: u32, threads: u32, pixels: u32, width: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> seeds: array<f32>;
@group(0) @binding(2) var<storage, read_write> field: array<f32>;

fn word(at: u32) -> u32 { return word_of(seeds[at], seeds[at + 1u]); }

// A thread draws for every `threads`-th pixel of a sample.
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let n = index / shape.threads;
  if (n >= shape.samples) { return; }
  let stream = stream_of(vec2u(word(6u * n), word(6u * n + 2u)), word(6u * n + 4u), 0u, 0u);
  let first = 2u * n * shape.pixels;
  var i = index - n * shape.threads;
  loop {
    let y = i / shape.width;
    let noise = 2.0 * uniform_joint(draw_at(stream, Pixel(f32(i - y * shape.width), f32(y)))) - 1.0;
    field[first + i] = noise.x;
    field[first + shape.pixels + i] = noise.y;
    continuing { i += shape.threads; break if i >= shape.pixels; }
  }
}
