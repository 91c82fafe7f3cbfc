// The transpose of what `see/chroma.wgsl` merges: from the gradient of images to that of planes. A thread for each sample of chroma,
// which is seen at four by four pixels: a row of four at a time, without branches.
import package::lib::around::row_at;
import package::lib::chroma::{ around_of, planes, shape };
import package::lib::halves::{ halves_of, seen_part, spot_of };
import package::lib::thread::LINE;

@group(0) @binding(2) var<storage, read> gradient: array<f32>;
@group(0) @binding(3) var<storage, read_write> image: array<f32>;
// Of samples that a coin leaves alone no gradient comes here.
@if(coin) @group(0) @binding(4) var<storage, read> params: array<f32>;

// At the four pixels from 2k − 1 on, of the samples k − 1, k and k + 1.
fn four(a: f32, b: f32, c: f32) -> vec4f { return vec4f(0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b, 0.75 * b + 0.25 * c, 0.25 * b + 0.75 * c); }

// Four neighbours of a row of the gradient.
fn four_at(row: u32, columns: vec4u) -> vec4f {
  return vec4f(gradient[row + columns.x], gradient[row + columns.y], gradient[row + columns.z], gradient[row + columns.w]);
}

// The gradient, but where the image was clipped.
fn open(v: vec4f, g: vec4f, there: vec4<bool>) -> vec4f { return select(vec4f(0.0), g, there & !((v < vec4f(0.0)) | (v > vec4f(1.0)))); }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let p = spot_of(id.x + id.y * LINE, shape);
  if (p.n >= shape.samples) { return; }
  let h = halves_of(p.n, shape);
  let around = around_of(h, p);
  let pixels = shape.width * shape.height;
  let parts = vec4f(seen_part(0u, p.i, h.across), 0.75, 0.75, seen_part(3u, p.i, h.across)) + vec4f(0.0, select(0.0, 0.25, p.i == 0u), select(0.0, 0.25, p.i + 1u == h.across), 0.0);
  // Before the first pixel it wraps around to one that is not there.
  let columns = vec4u(2u * p.i - 1u, 2u * p.i, 2u * p.i + 1u, 2u * p.i + 2u);
  let seen = min(columns, vec4u(shape.width - 1u));
  let held = min(columns, vec4u(h.width - 1u));
  @if(coin) let applied = params[shape.coin * shape.samples + p.n] != 0.0;
  @if(!coin) let applied = true;
  let across = (columns < vec4u(shape.width)) & vec4<bool>(applied);
  var sum = vec2f(0.0);
  for (var t = 0u; t < 4u; t++) {
    let row = 2u * p.j + t - 1u;
    let there = across & vec4<bool>(row < shape.height);
    let line = row_at(t, around);
    let luma_row = h.luma + min(row, h.height - 1u) * h.width;
    let y = vec4f(planes[luma_row + held.x], planes[luma_row + held.y], planes[luma_row + held.z], planes[luma_row + held.w]);
    let blue = four(line.a.x, line.b.x, line.c.x) - 0.5;
    let red = four(line.a.y, line.b.y, line.c.y) - 0.5;
    let start = p.n * 3u * pixels + min(row, shape.height - 1u) * shape.width;
    let r = open(y + 1.403 * red, four_at(start, seen), there);
    let g = open(y - 0.714 * red - 0.344 * blue, four_at(start + pixels, seen), there);
    let b = open(y + 1.773 * blue, four_at(start + 2u * pixels, seen), there);
    let of_luma = r + g + b;
    if ((t == 1u) | (t == 2u)) {
      image[luma_row + held.y] = of_luma.y;
      image[luma_row + held.z] = of_luma.z;
    }
    let part = seen_part(t, p.j, h.down);
    sum += part * vec2f(dot(parts, 1.773 * b - 0.344 * g), dot(parts, 1.403 * r - 0.714 * g));
  }
  image[h.blue + p.own] = sum.x;
  image[h.red + p.own] = sum.y;
}
