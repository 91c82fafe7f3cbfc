// The gradient of a resample's input, gathered: each source pixel looks up the output pixels that looked at it, so that
// nothing races and two runs give equal bits. Padding makes a pixel visible at further places, its images: beyond the
// border as a half-infinite strip, in mirrors as single points. The taps of each image are disjoint.
import package::generated::io::{ GROUPS, fetch_g, plane_g, shape, store };
import package::generated::maps::{ destination_matrix, source_matrix };
import package::lib::images::{ Strip, image_count, image_strip };
import package::lib::kernel::{ RADIUS, weights };
import package::lib::pixel::Pixel;
import package::lib::place::place;
import package::lib::quad::{ Quad, turn };
import package::lib::thread::{ LINE, next, pixel };

// Sum of the weights of the taps at `pos` that lie on the strip from `low` to `high`.
@if(bilinear && pad_zeros)
fn strip_weight(pos: f32, low: f32, high: f32) -> f32 { return max(0.0, 1.0 - abs(pos - low)); }

@if(bilinear && !pad_zeros)
fn strip_weight(pos: f32, low: f32, high: f32) -> f32 { return max(0.0, 1.0 - max(0.0, max(low - pos, pos - high))); }

@if(nearest)
fn strip_weight(pos: f32, low: f32, high: f32) -> f32 {
  let tap = floor(pos + 0.5);
  return select(0.0, 1.0, tap >= low && tap <= high);
}

@if(bicubic)
fn strip_weight(pos: f32, low: f32, high: f32) -> f32 {
  let start = floor(pos);
  let w = weights(pos - start);
  let taps = vec4f(start) + vec4f(-1.0, 0.0, 1.0, 2.0);
  return dot(w, select(vec4f(0.0), vec4f(1.0), (taps >= vec4f(low)) & (taps <= vec4f(high))));
}

// The output pixels whose taps may fall on a box of the source: first and last column and row. A little wider than
// exact: rounding may put a position on the wrong side of the box, and its weight decides.
@if(affine)
fn footprint(box: vec4f, dest: mat3x3f, all_of_it: vec4i) -> vec4i {
  let middle = 0.5 * (box.xy + box.zw);
  let half = 0.5 * (box.zw - box.xy);
  let at = dest[0].xy * middle.x + dest[1].xy * middle.y + dest[2].xy;
  let reach = abs(dest[0].xy) * half.x + abs(dest[1].xy) * half.y;
  return clipped(at - reach, at + reach, all_of_it);
}

@if(!affine)
fn footprint(box: vec4f, dest: mat3x3f, all_of_it: vec4i) -> vec4i {
  let a = dest * vec3f(box.x, box.y, 1.0);
  let b = dest * vec3f(box.z, box.y, 1.0);
  let c = dest * vec3f(box.x, box.w, 1.0);
  let d = dest * vec3f(box.z, box.w, 1.0);
  // Beyond the horizon a box has no bounds: look at everything.
  let s = vec4f(a.z, b.z, c.z, d.z);
  if (!(all(s > vec4f(0.0)) || all(s < vec4f(0.0)))) { return all_of_it; }
  let x = vec4f(a.x, b.x, c.x, d.x) / s;
  let y = vec4f(a.y, b.y, c.y, d.y) / s;
  let low = vec2f(min(min(x.x, x.y), min(x.z, x.w)), min(min(y.x, y.y), min(y.z, y.w)));
  let high = vec2f(max(max(x.x, x.y), max(x.z, x.w)), max(max(y.x, y.y), max(y.z, y.w)));
  return clipped(low, high, all_of_it);
}

fn clipped(low: vec2f, high: vec2f, all_of_it: vec4i) -> vec4i {
  let limit = vec2f(all_of_it.zw);
  let slack = vec2f(1e-3) + 1e-6 * limit;
  return vec4i(vec2i(ceil(clamp(low - slack, vec2f(0.0), limit + 1.0))), vec2i(floor(clamp(high + slack, vec2f(-1.0), limit))));
}

// Between which taps the output looks at all.
fn extent(source: mat3x3f) -> vec4f {
  let w = f32(shape.out_width) - 1.0;
  let h = f32(shape.out_height) - 1.0;
  let a = place(source, Pixel(0.0, 0.0));
  let b = place(source, Pixel(w, 0.0));
  let c = place(source, Pixel(0.0, h));
  let d = place(source, Pixel(w, h));
  return vec4f(min(min(a, b), min(c, d)) - 2.0, max(max(a, b), max(c, d)) + 2.0);
}

// Whether the horizon crosses the output: then neither extents nor footprints bound anything.
fn horizon(source: mat3x3f) -> bool {
  @if(affine) return false;
  @if(!affine) {
    let w = f32(shape.out_width) - 1.0;
    let h = f32(shape.out_height) - 1.0;
    let s = vec4f(source[2].z, source[2].z + source[0].z * w, source[2].z + source[1].z * h, source[2].z + source[0].z * w + source[1].z * h);
    return !(all(s > vec4f(0.0)) || all(s < vec4f(0.0)));
  }
}

// What one image of a pixel, the taps of two strips, has given to the output. What does not change is taken out of the
// loops by hand: a GPU's compiler does so itself, SwiftShader's does not.
fn visit(plane: u32, columns: Strip, rows: Strip, source: mat3x3f, dest: mat3x3f, beyond: bool) -> vec3f {
  let all_of_it = vec4i(0, 0, i32(shape.out_width) - 1, i32(shape.out_height) - 1);
  let strips = vec4f(f32(columns.low), f32(rows.low), f32(columns.high), f32(rows.high));
  var area = all_of_it;
  if (!beyond) { area = footprint(strips + vec4f(-RADIUS, -RADIUS, RADIUS, RADIUS), dest, all_of_it); }
  var sum = vec3f(0.0);
  for (var y = area.y; y <= area.w; y++) {
    var at = plane + u32(y) * shape.out_width + u32(area.x);
    @if(affine) var pos = place(source, Pixel(f32(area.x), f32(y)));
    for (var x = area.x; x <= area.z; x++) {
      @if(!affine) let pos = place(source, Pixel(f32(x), f32(y)));
      let w = strip_weight(pos.x, strips.x, strips.z) * strip_weight(pos.y, strips.y, strips.w);
      if (w != 0.0) { sum += w * fetch_g(at); }
      at++;
      // Along a line an affine position moves evenly.
      @if(affine) pos += source[0].xy;
    }
  }
  return sum;
}

@if(pad_zeros || pad_border)
fn collect(plane: u32, at: Pixel, source: mat3x3f, dest: mat3x3f, beyond: bool, seen: vec4f) -> vec3f {
  let columns = image_strip(i32(at.x), i32(shape.width), 0, seen.x, seen.z);
  let rows = image_strip(i32(at.y), i32(shape.height), 0, seen.y, seen.w);
  return visit(plane, columns, rows, source, dest, beyond);
}

@if(pad_reflection || pad_symmetric)
fn collect(plane: u32, at: Pixel, source: mat3x3f, dest: mat3x3f, beyond: bool, seen: vec4f) -> vec3f {
  let size = vec2i(i32(shape.width), i32(shape.height));
  let across = image_count(size.x, seen.x, seen.z);
  let down = image_count(size.y, seen.y, seen.w);
  var sum = vec3f(0.0);
  for (var v = down.x; v <= down.y; v++) {
    let rows = image_strip(i32(at.y), size.y, v, seen.y, seen.w);
    if (rows.low > rows.high || f32(rows.high) < seen.y || f32(rows.low) > seen.w) { continue; }
    for (var u = across.x; u <= across.y; u++) {
      let columns = image_strip(i32(at.x), size.x, u, seen.x, seen.z);
      if (columns.low > columns.high || f32(columns.high) < seen.x || f32(columns.low) > seen.z) { continue; }
      sum += visit(plane, columns, rows, source, dest, beyond);
    }
  }
  return sum;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let owner = index / shape.threads;
  if (owner >= shape.samples * GROUPS) { return; }
  let n = owner / GROUPS;
  let lane = (owner % GROUPS) * 3u;
  let source = source_matrix(n);
  let dest = destination_matrix(n);
  let beyond = horizon(source);
  let seen = extent(source);
  let plane = plane_g(n, lane);
  for (var q = index % shape.threads; q < shape.quads; q += shape.threads) {
    var g: Quad;
    var at = pixel(q * 4u, shape.width);
    for (var k = 0; k < 4; k++) {
      g = turn(g, collect(plane, at, source, dest, beyond, seen));
      at = next(at, shape.width);
    }
    store(n, lane, q, g);
  }
}
