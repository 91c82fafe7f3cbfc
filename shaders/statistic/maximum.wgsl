// The largest value of each channel; for backward, who holds it.
import package::lib::holder::{ Holder, least, nobody, with_value };

const WORDS: u32 = 3u;
const RESULTS: u32 = 4u;

// What a thread knows of the pixels that it saw.
struct Part { holder: Holder }

fn begin(v: vec3f) -> Part { return Part(nobody()); }

fn with_pixel(p: Part, v: vec3f, i: u32, there: bool) -> Part { return Part(with_value(p.holder, -v, i, there)); }

fn both(a: Part, b: Part) -> Part { return Part(least(a.holder, b.holder)); }

fn words(p: Part) -> array<vec3u, 3> { return array<vec3u, 3>(bitcast<vec3u>(p.holder.value), p.holder.at, p.holder.count); }

fn part_of(w: array<vec3u, 3>) -> Part { return Part(Holder(bitcast<vec3f>(w[0]), w[1], w[2])); }

fn results(p: Part, pixels: u32, width: u32) -> array<vec3f, 4> {
  return array<vec3f, 4>(-p.holder.value, vec3f(p.holder.at % width), vec3f(p.holder.at / width), vec3f(p.holder.count));
}
