// Mean and variance of each channel, as sums of distances from the image's first pixel: where the variance is small beside the
// mean, squares of the values themselves would leave nothing of it.

const WORDS: u32 = 3u;
const RESULTS: u32 = 2u;

// What a thread knows of the pixels that it saw.
struct Part { start: vec3f, sum: vec3f, squares: vec3f }

fn begin(v: vec3f) -> Part { return Part(v, vec3f(0.0), vec3f(0.0)); }

fn with_pixel(p: Part, v: vec3f, i: u32, there: bool) -> Part {
  let d = select(vec3f(0.0), v - p.start, there);
  return Part(p.start, p.sum + d, p.squares + d * d);
}

fn both(a: Part, b: Part) -> Part { return Part(a.start, a.sum + b.sum, a.squares + b.squares); }

fn words(p: Part) -> array<vec3u, 3> {
  return array<vec3u, 3>(bitcast<vec3u>(p.start), bitcast<vec3u>(p.sum), bitcast<vec3u>(p.squares));
}

fn part_of(w: array<vec3u, 3>) -> Part {
  return Part(bitcast<vec3f>(w[0]), bitcast<vec3f>(w[1]), bitcast<vec3f>(w[2]));
}

fn results(p: Part, pixels: u32, width: u32) -> array<vec3f, 2> {
  let mean = p.sum / f32(pixels);
  let variance = p.squares / f32(pixels) - mean * mean;
  return array<vec3f, 2>(p.start + mean, select(variance, vec3f(0.0), variance < vec3f(0.0)));
}
