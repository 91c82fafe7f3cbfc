// The transpose of `chroma_merge`: from the gradient of images to that of planes. A thread for each sample of chroma, which is seen at
// four by four pixels.
import package::lib::around::{ Around, Three, along, row_at };
import package::lib::halves::{ Halves, halves_of, seen_part };
import package::lib::thread::LINE;
import package::lib::tile::{ Shape, luma_of };
import package::lib::ycbcr::{ rgb_back, rgb_of };

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> planes: array<f32>;
@group(0) @binding(2) var<storage, read> gradient: array<f32>;
@group(0) @binding(3) var<storage, read_write> image: array<f32>;
// Of samples that a coin leaves alone no gradient comes here.
@if(coin) @group(0) @binding(4) var<storage, read> params: array<f32>;

fn pair(h: Halves, row: u32, column: u32) -> vec2f {
  let at = row * h.across + column;
  return vec2f(planes[h.blue + at], planes[h.red + at]);
}
fn three(h: Halves, row: u32, i: u32) -> Three {
  return Three(pair(h, row, i - min(i, 1u)), pair(h, row, i), pair(h, row, min(i + 1u, h.across - 1u)));
}

// Of luma and chroma at a pixel; where the image was clipped there is none.
fn pulled(n: u32, row: u32, column: u32, v: vec3f) -> vec3f {
  let pixels = shape.width * shape.height;
  let at = n * 3u * pixels + row * shape.width + column;
  let g = vec3f(gradient[at], gradient[at + pixels], gradient[at + 2u * pixels]);
  let rgb = rgb_of(v);
  return rgb_back(select(g, vec3f(0.0), (rgb < vec3f(0.0)) | (rgb > vec3f(1.0))));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let each = luma_of(shape) / 4u;
  let n = index / each;
  if (n >= shape.samples) { return; }
  let h = halves_of(n, shape);
  let own = index - n * each;
  let j = own / h.across;
  let i = own - j * h.across;
  let around = Around(three(h, j - min(j, 1u), i), three(h, j, i), three(h, min(j + 1u, h.down - 1u), i));
  var sum = vec2f(0.0);
  @if(coin) let keeps = params[shape.coin * shape.samples + n] == 0.0;
  for (var t = 0u; t < 4u; t++) {
    // Before the first pixel it wraps around to one that is not there.
    let row = 2u * j + t - 1u;
    let line = row_at(t, around);
    for (var k = 0u; k < 4u; k++) {
      let column = 2u * i + k - 1u;
      if ((row >= h.height) | (column >= h.width)) { continue; }
      var g = vec3f(0.0);
      let at = h.luma + row * h.width + column;
      var there = (row < shape.height) & (column < shape.width);
      @if(coin) there = there & !keeps;
      if (there) { g = pulled(n, row, column, vec3f(planes[at], along(k, line))); }
      if (((t == 1u) | (t == 2u)) & ((k == 1u) | (k == 2u))) { image[at] = g.x; }
      sum += seen_part(t, j, h.down) * seen_part(k, i, h.across) * g.yz;
    }
  }
  image[h.blue + own] = sum.x;
  image[h.red + own] = sum.y;
}
