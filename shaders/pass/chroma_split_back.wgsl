// The transpose of `chroma_split`: from the gradient of planes to that of images. Where planes are padded the last pixels of a line are those
// of the padding, too: then a thread has one pixel, and goes over all that it is part of. Else it has the four of a sample of chroma.
import package::lib::chroma::{ planes, shape };
@if(padded) import package::lib::halves::{ halves_of, part_of };
@if(!padded) import package::lib::around::Three;
@if(!padded) import package::lib::chroma::around_of;
@if(!padded) import package::lib::halves::{ Halves, INNER, OUTER, halves_of, spot_of };
import package::lib::thread::LINE;
import package::lib::ycbcr::ycbcr_back;

@group(0) @binding(2) var<storage, read_write> image: array<f32>;
// Samples that a coin leaves alone get the gradient as it came.
@if(coin) @group(0) @binding(3) var<storage, read> params: array<f32>;
@if(coin) @group(0) @binding(4) var<storage, read> gradient: array<f32>;

// How much of the pixels from `first` to `last` sample k is made of.
@if(padded)
fn parts_of(first: u32, last: u32, k: u32, padded: u32) -> f32 {
  var sum = 0.0;
  for (var i = first; i <= last; i++) { sum += part_of(i, k, padded); }
  return sum;
}

// The first sample, and the one behind the last, that pixels are part of.
@if(padded)
fn samples_of(first: u32, last: u32, samples: u32) -> vec2u {
  return vec2u((first - min(first, 1u)) / 2u, min((last + 1u) / 2u + 1u, samples));
}

@if(padded)
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let pixels = shape.width * shape.height;
  let n = index / pixels;
  if (n >= shape.samples) { return; }
  let h = halves_of(n, shape);
  let at = index + n * 2u * pixels;
  @if(coin) if (params[shape.coin * shape.samples + n] == 0.0) {
    for (var c = 0u; c < 3u; c++) { image[at + c * pixels] = gradient[at + c * pixels]; }
    return;
  }
  let own = index - n * pixels;
  let y0 = own / shape.width;
  let x0 = own - y0 * shape.width;
  let y1 = select(y0, h.height - 1u, y0 + 1u == shape.height);
  let x1 = select(x0, h.width - 1u, x0 + 1u == shape.width);
  var g = vec3f(0.0);
  for (var y = y0; y <= y1; y++) {
    for (var x = x0; x <= x1; x++) { g.x += planes[h.luma + y * h.width + x]; }
  }
  let down = samples_of(y0, y1, h.down);
  let across = samples_of(x0, x1, h.across);
  for (var j = down.x; j < down.y; j++) {
    let of_row = parts_of(y0, y1, j, h.height);
    for (var i = across.x; i < across.y; i++) {
      let k = j * h.across + i;
      let w = of_row * parts_of(x0, x1, i, h.width);
      g += vec3f(0.0, w * planes[h.blue + k], w * planes[h.red + k]);
    }
  }
  let rgb = ycbcr_back(g);
  image[at] = rgb.x;
  image[at + pixels] = rgb.y;
  image[at + 2u * pixels] = rgb.z;
}

// What the pixels 2k and 2k + 1 of a line get from the samples k − 1, k and k + 1; at the border they are seen mirrored, too.
@if(!padded)
fn both(v: Three, k: u32, samples: u32) -> array<vec2f, 2> {
  let first = k == 0u;
  let last = k + 1u == samples;
  return array<vec2f, 2>(
    select(OUTER * v.a, vec2f(0.0), first) + select(INNER, INNER + OUTER, last) * v.b,
    select(INNER, INNER + OUTER, first) * v.b + select(OUTER * v.c, vec2f(0.0), last),
  );
}

// Two neighbours of a row.
@if(!padded)
fn store(h: Halves, n: u32, row: u32, column: u32, chroma: array<vec2f, 2>) {
  let pixels = shape.width * shape.height;
  let at = n * 3u * pixels + row * shape.width + column;
  let luma = h.luma + row * h.width + column;
  @if(coin) let keeps = params[shape.coin * shape.samples + n] == 0.0;
  for (var k = 0u; k < 2u; k++) {
    var rgb = ycbcr_back(vec3f(planes[luma + k], select(chroma[0], chroma[1], k == 1u)));
    @if(coin) if (keeps) { rgb = vec3f(gradient[at + k], gradient[at + k + pixels], gradient[at + k + 2u * pixels]); }
    image[at + k] = rgb.x;
    image[at + k + pixels] = rgb.y;
    image[at + k + 2u * pixels] = rgb.z;
  }
}

@if(!padded)
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let p = spot_of(id.x + id.y * LINE, shape);
  if (p.n >= shape.samples) { return; }
  let h = halves_of(p.n, shape);
  let v = around_of(h, p);
  let a = both(Three(v.top.a, v.middle.a, v.bottom.a), p.j, h.down);
  let b = both(Three(v.top.b, v.middle.b, v.bottom.b), p.j, h.down);
  let c = both(Three(v.top.c, v.middle.c, v.bottom.c), p.j, h.down);
  store(h, p.n, 2u * p.j, 2u * p.i, both(Three(a[0], b[0], c[0]), p.i, h.across));
  store(h, p.n, 2u * p.j + 1u, 2u * p.i, both(Three(a[1], b[1], c[1]), p.i, h.across));
}
