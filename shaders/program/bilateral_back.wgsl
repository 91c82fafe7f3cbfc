// The gradients of the image, of the guide and of the deviations. e(p, t) = Σ g(p) (x(p + t) − y(p)) / Σ w is the gradient of a weight.
// Weights are symmetric, w(p, t) = w(p + t, −t): a thread that goes over the neighbours of its pixel once finds what it gives as the one in
// the middle and what it gets as a neighbour. Pixels near the border are seen again beyond it: those images are gone through, too.
import package::lib::thread::LINE;
@if(mirrors) import package::lib::mirrored::{ image, images };
import package::program::bilateral::{ Group, group_of, guide_at, Line, line_of, measure, measured, place_of, shape, squared, toward, weight, widths_of, Widths, x_at };

@group(0) @binding(4) var<storage, read> scaled: array<f32>;
@group(0) @binding(5) var<storage, read> product_of: array<f32>;
// Those that nobody wants are short, and nothing is written there.
@group(0) @binding(6) var<storage, read_write> image_gradient: array<f32>;
@group(0) @binding(7) var<storage, read_write> guide_gradient: array<f32>;
@group(0) @binding(8) var<storage, read_write> partial: array<f32>;

@if(x_one) fn scaled_at(g: Group, i: u32) -> vec3f { return vec3f(scaled[g.first + i], 0.0, 0.0); }
@if(!x_one && x_whole)
fn scaled_at(g: Group, i: u32) -> vec3f {
  return vec3f(scaled[g.first + i], scaled[g.first + g.pixels + i], scaled[g.first + 2u * g.pixels + i]);
}
@if(!x_one && !x_whole)
fn scaled_at(g: Group, i: u32) -> vec3f {
  let at = vec3u(0u, select(0u, g.pixels, g.left > 1u), select(0u, 2u * g.pixels, g.left > 2u)) + g.first + i;
  return select(vec3f(0.0), vec3f(scaled[at.x], scaled[at.y], scaled[at.z]), vec3u(0u, 1u, 2u) < vec3u(g.left));
}

// Σ g(p) x(q) / Σ w over all channels.
fn product(n: u32, p: u32, q: u32, seen: bool) -> f32 {
  var sum = 0.0;
  var k = 0u;
  loop {
    let g = group_of(n, k, shape.channels);
    sum += dot(scaled_at(g, p), select(vec3f(0.0), x_at(g, q), seen));
    continuing { k++; break if 3u * k >= shape.channels; }
  }
  return sum;
}

// A pixel, its three channels, and what is gathered for it.
struct Own { n: u32, p: u32, gx: Group, gd: Group, x: vec3f, guide: vec3f, scaled: vec3f, share: f32 }
struct Gathered { image: vec3f, guide: vec3f, sums: vec3f }

fn of_sigmas(dx: i32, dy: i32, d2: f32) -> vec3f { return vec3f(d2, f32(dx * dx), f32(dy * dy)); }

// From the neighbour at (dx, dy), and to it where it is a pixel of the image.
fn beside_pixel(o: Own, px: i32, py: i32, dx: i32, dy: i32, line: Line, size: vec2i, s: Widths, to: ptr<function, Gathered>) {
  let at = place_of(px + dx, line, size);
  let inside = (u32(px + dx) < u32(size.x)) & (u32(py + dy) < u32(size.y));
  let like = select(vec3f(0.0), guide_at(o.gd, at.i), at.seen);
  let d = like - o.guide;
  @if(guide_few) let m = measure(d);
  @if(!guide_few) let m = measured(o.n, o.p, at.i, at.seen);
  let d2 = squared(m);
  let w = weight(dx, dy, d2, s);
  @if(same) let there = like;
  @if(x_few && !same) let there = select(vec3f(0.0), x_at(o.gx, at.i), at.seen);
  let given = scaled_at(o.gx, at.i);
  @if(x_few) let gives = w * (dot(o.scaled, there) - o.share);
  @if(!x_few) let gives = w * (product(o.n, o.p, at.i, at.seen) - o.share);
  let there_share = product_of[o.n * o.gx.pixels + at.i];
  @if(x_few) let gets = w * (dot(given, o.x) - there_share);
  @if(!x_few) let gets = w * (product(o.n, at.i, o.p, true) - there_share);
  (*to).image += select(vec3f(0.0), w * given, inside);
  (*to).guide += (gives + select(0.0, gets, inside)) * toward(d, m);
  @if(sums) (*to).sums += gives * of_sigmas(dx, dy, d2);
}

// From the pixel of the result at (px, py), if there is one, which sees this pixel at (dx, dy) beyond the image.
@if(mirrors)
fn beyond_border(o: Own, px: i32, py: i32, dx: i32, dy: i32, size: vec2i, s: Widths, to: ptr<function, Gathered>) {
  if ((u32(px) >= u32(size.x)) | (u32(py) >= u32(size.y))) { return; }
  let p = u32(py * size.x + px);
  let d = o.guide - guide_at(o.gd, p);
  @if(guide_few) let m = measure(d);
  @if(!guide_few) let m = measured(o.n, p, o.p, true);
  let w = weight(dx, dy, squared(m), s);
  let given = scaled_at(o.gx, p);
  @if(x_few) let e = dot(given, o.x);
  @if(!x_few) let e = product(o.n, p, o.p, true);
  (*to).image += w * given;
  (*to).guide -= w * (e - product_of[o.n * o.gx.pixels + p]) * toward(d, m);
}

@if(mirrors)
fn all_beyond(o: Own, px: i32, py: i32, reach: vec2i, size: vec2i, s: Widths, to: ptr<function, Gathered>) {
  let across = images(px, size.x, -reach.x, size.x - 1 + reach.x);
  let down = images(py, size.y, -reach.y, size.y - 1 + reach.y);
  if ((across.x == across.y) & (down.x == down.y)) { return; }
  for (var j = down.x; j <= down.y; j++) {
    let vy = image(py, j, size.y);
    for (var i = across.x; i <= across.y; i++) {
      if ((i == 0) & (j == 0)) { continue; }
      let vx = image(px, i, size.x);
      for (var dy = -reach.y; dy <= reach.y; dy++) {
        for (var dx = -reach.x; dx <= reach.x; dx++) { beyond_border(o, vx - dx, vy - dy, dx, dy, size, s, to); }
      }
    }
  }
}

fn store_image(g: Group, p: u32, v: vec3f) {
  image_gradient[g.first + p] = v.x;
  if (g.left > 1u) { image_gradient[g.first + g.pixels + p] = v.y; }
  if (g.left > 2u) { image_gradient[g.first + 2u * g.pixels + p] = v.z; }
}
fn store_guide(g: Group, p: u32, v: vec3f) {
  guide_gradient[g.first + p] = v.x;
  if (g.left > 1u) { guide_gradient[g.first + g.pixels + p] = v.y; }
  if (g.left > 2u) { guide_gradient[g.first + 2u * g.pixels + p] = v.z; }
}

// A thread has three channels of the image and of the guide; where one of them has fewer, it leaves those out.
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let threads = shape.threads;
  let groups = (max(shape.channels, shape.depth) + 2u) / 3u;
  let part = index / threads;
  let n = part / groups;
  if (n >= shape.samples) { return; }
  let k = part - n * groups;
  let pixels = shape.height * shape.width;
  let size = vec2i(vec2u(shape.width, shape.height));
  let reach = vec2i(vec2u(shape.across, shape.down));
  let s = widths_of(n);
  let has_x = 3u * k < shape.channels;
  let has_guide = 3u * k < shape.depth;
  let gx = group_of(n, select(0u, k, has_x), shape.channels);
  let gd = group_of(n, select(0u, k, has_guide), shape.depth);
  var sums = vec3f(0.0);
  var p = index - part * threads;
  loop {
    let py = i32(p / u32(size.x));
    let px = i32(p) - py * size.x;
    let own = Own(n, p, gx, gd, x_at(gx, p), guide_at(gd, p), scaled_at(gx, p), product_of[n * pixels + p]);
    // Written out: without values it would keep those of the turn before on some devices.
    var to = Gathered(vec3f(0.0), vec3f(0.0), vec3f(0.0));
    var dy = -reach.y;
    loop {
      let line = line_of(py + dy, size);
      var dx = -reach.x;
      loop {
        beside_pixel(own, px, py, dx, dy, line, size, s, &to);
        continuing { dx++; break if dx > reach.x; }
      }
      continuing { dy++; break if dy > reach.y; }
    }
    @if(mirrors) all_beyond(own, px, py, reach, size, s, &to);
    sums += to.sums;
    let of_guide = to.guide / (s.sigma.x * s.sigma.x);
    @if(itself) store_image(gx, p, to.image + of_guide);
    @if(wants_image && !itself) { if (has_x) { store_image(gx, p, to.image); } }
    @if(wants_guide && !itself) { if (has_guide) { store_guide(gd, p, of_guide); } }
    p += threads;
    continuing { break if p >= pixels; }
  }
  @if(sums) if (k == 0u) {
    let each = sums / (s.sigma * s.sigma * s.sigma);
    let rows = shape.samples * threads;
    let slot = n * threads + index - part * threads;
    partial[slot] = each.x;
    partial[rows + slot] = each.y;
    partial[2u * rows + slot] = each.z;
  }
}
