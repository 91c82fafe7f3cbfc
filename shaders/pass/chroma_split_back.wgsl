// The transpose of `chroma_split`: from the gradient of planes to that of images, a thread for each pixel. The last pixels of a line
// are those of the padding, too.
import package::lib::halves::{ halves_of, part_of };
import package::lib::thread::LINE;
import package::lib::tile::Shape;
import package::lib::ycbcr::ycbcr_back;

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> planes: array<f32>;
@group(0) @binding(2) var<storage, read_write> image: array<f32>;
// Samples that a coin leaves alone get the gradient as it came.
@if(coin) @group(0) @binding(3) var<storage, read> params: array<f32>;
@if(coin) @group(0) @binding(4) var<storage, read> gradient: array<f32>;

// How much of the pixels from `first` to `last` sample k is made of.
fn parts_of(first: u32, last: u32, k: u32, padded: u32) -> f32 {
  var sum = 0.0;
  for (var i = first; i <= last; i++) { sum += part_of(i, k, padded); }
  return sum;
}

// The first sample, and the one behind the last, that pixels are part of.
fn samples_of(first: u32, last: u32, samples: u32) -> vec2u {
  return vec2u((first - min(first, 1u)) / 2u, min((last + 1u) / 2u + 1u, samples));
}

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
