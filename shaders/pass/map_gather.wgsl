// The gradient of a resample's input, gathered: each source pixel looks up the output pixels that looked at it, so that
// nothing races and two runs give equal bits. Padding makes a pixel visible at further places, its images: beyond the
// border as a half-infinite strip, in mirrors as single points. The taps of each image are disjoint.
import package::generated::io::{ GROUPS, fetch_g, shape, store };
import package::generated::maps::{ destination_matrix, source_matrix };
import package::lib::images::{ Strip, image_count, image_strip };
import package::lib::kernel::{ FIRST, RADIUS, TAPS, base, weights };
import package::lib::pixel::Pixel;
import package::lib::place::place;
import package::lib::quad::gather;
import package::lib::thread::LINE;

// Sum of the weights of the taps at `pos` that lie on the strip.
fn strip_weight(pos: f32, strip: Strip) -> f32 {
  let start = base(vec2f(pos)).x;
  let first = i32(start) + FIRST;
  let w = weights(pos - start);
  var sum = 0.0;
  for (var i = 0; i < TAPS; i++) {
    sum += select(0.0, w[i], first + i >= strip.low && first + i <= strip.high);
  }
  return sum;
}

// The output pixels whose taps may fall on a box of the source: first and last column and row.
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
  let limit = vec2f(all_of_it.zw);
  // A little wider than exact: rounding may put a position on the wrong side of the box, and its weight decides.
  let slack = vec2f(1e-3) + 1e-5 * limit;
  return vec4i(vec2i(ceil(clamp(low - slack, vec2f(0.0), limit + 1.0))), vec2i(floor(clamp(high + slack, vec2f(-1.0), limit))));
}

// Where the source positions of all output pixels lie.
fn extent(source: mat3x3f) -> vec4f {
  let w = f32(shape.out_width) - 1.0;
  let h = f32(shape.out_height) - 1.0;
  let a = place(source, Pixel(0.0, 0.0));
  let b = place(source, Pixel(w, 0.0));
  let c = place(source, Pixel(0.0, h));
  let d = place(source, Pixel(w, h));
  return vec4f(min(min(a, b), min(c, d)), max(max(a, b), max(c, d)));
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

fn collect(n: u32, lane: u32, at: vec2i, source: mat3x3f, dest: mat3x3f, beyond: bool, seen: vec4f) -> vec3f {
  let size = vec2i(i32(shape.width), i32(shape.height));
  let all_of_it = vec4i(0, 0, i32(shape.out_width) - 1, i32(shape.out_height) - 1);
  var sum = vec3f(0.0);
  let across = image_count(size.x, seen.x - 2.0, seen.z + 2.0);
  let down = image_count(size.y, seen.y - 2.0, seen.w + 2.0);
  for (var v = down.x; v <= down.y; v++) {
    let rows = image_strip(at.y, size.y, v, seen.y - 2.0, seen.w + 2.0);
    if (rows.low > rows.high) { continue; }
    for (var u = across.x; u <= across.y; u++) {
      let columns = image_strip(at.x, size.x, u, seen.x - 2.0, seen.z + 2.0);
      if (columns.low > columns.high) { continue; }
      let box = vec4f(f32(columns.low) - RADIUS, f32(rows.low) - RADIUS, f32(columns.high) + RADIUS, f32(rows.high) + RADIUS);
      var area = all_of_it;
      if (!beyond) { area = footprint(box, dest, all_of_it); }
      for (var y = area.y; y <= area.w; y++) {
        var line = area.xz;
        @if(affine) line = narrow(line, source, f32(y), box);
        for (var x = line.x; x <= line.y; x++) {
          let pos = place(source, Pixel(f32(x), f32(y)));
          if (pos.x < box.x || pos.y < box.y || pos.x > box.z || pos.y > box.w) { continue; }
          let w = strip_weight(pos.x, columns) * strip_weight(pos.y, rows);
          sum += w * fetch_g(n, lane, u32(y) * shape.out_width + u32(x));
        }
      }
    }
  }
  return sum;
}

// Of a line of output pixels, those that look into the box: along a line an affine position moves evenly.
@if(affine)
fn narrow(line: vec2i, source: mat3x3f, y: f32, box: vec4f) -> vec2i {
  let start = source[1].xy * y + source[2].xy;
  var low = f32(line.x);
  var high = f32(line.y);
  for (var k = 0; k < 2; k++) {
    let step = source[0][k];
    if (abs(step) > 1e-6) {
      let a = (box[k] - start[k]) / step;
      let b = (box[k + 2] - start[k]) / step;
      low = max(low, min(a, b) - 0.01);
      high = min(high, max(a, b) + 0.01);
    }
  }
  return vec2i(i32(ceil(low)), i32(floor(high)));
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
  let width = i32(shape.width);
  for (var q = index % shape.threads; q < shape.quads; q += shape.threads) {
    let i = i32(q * 4u);
    var g: array<vec3f, 4>;
    for (var k = 0; k < 4; k++) {
      let y = (i + k) / width;
      g[k] = collect(n, lane, vec2i(i + k - y * width, y), source, dest, beyond, seen);
    }
    store(n, lane, q, gather(g[0], g[1], g[2], g[3]));
  }
}
