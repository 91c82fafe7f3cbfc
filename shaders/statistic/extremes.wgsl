// The least and the largest value of each channel; for backward, who holds them.
import package::lib::holder::{ Holder, least, nobody, with_value };

const WORDS: u32 = 6u;
const RESULTS: u32 = 8u;

// What a thread knows of the pixels that it saw.
struct Part { low: Holder, high: Holder }

fn begin(v: vec3f) -> Part { return Part(nobody(), nobody()); }

fn with_pixel(p: Part, v: vec3f, i: u32, there: bool) -> Part {
  return Part(with_value(p.low, v, i, there), with_value(p.high, -v, i, there));
}

fn both(a: Part, b: Part) -> Part { return Part(least(a.low, b.low), least(a.high, b.high)); }

fn words(p: Part) -> array<vec3u, 6> {
  return array<vec3u, 6>(bitcast<vec3u>(p.low.value), p.low.at, p.low.count, bitcast<vec3u>(p.high.value), p.high.at, p.high.count);
}

fn part_of(w: array<vec3u, 6>) -> Part {
  return Part(Holder(bitcast<vec3f>(w[0]), w[1], w[2]), Holder(bitcast<vec3f>(w[3]), w[4], w[5]));
}

fn results(p: Part, pixels: u32, width: u32) -> array<vec3f, 8> {
  return array<vec3f, 8>(
    p.low.value,
    -p.high.value,
    vec3f(p.low.at % width),
    vec3f(p.low.at / width),
    vec3f(p.low.count),
    vec3f(p.high.at % width),
    vec3f(p.high.at / width),
    vec3f(p.high.count),
  );
}
