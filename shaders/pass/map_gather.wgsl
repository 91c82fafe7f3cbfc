// The gradient of a resample's input, gathered: source pixels look up the output pixels that looked at them, so that
// nothing races and two runs give equal bits. Padding makes a pixel visible at further places, its images: beyond the
// border as a half-infinite strip, in mirrors as single points. The taps of each image are disjoint.
// Four neighbours of two rows do so together: they share most of the output pixels, and reading is what takes time. On
// SwiftShader, 4x3x224x224, affine: 21 ms with one row and 18 with two in Node; 12.8 with a column at a time and 10.7 with
// two in Chromium.
@if(whole_quads) import package::generated::io::store;
@if(!whole_quads) import package::generated::io::store_row;
import package::generated::io::{ plane_g, plane_y, shape };
import package::generated::maps::source_matrix;
import package::lib::eight::{ Eight, eight_of, sum_of };
@if(pad_zeros || pad_border) import package::lib::images::{ only, strips_of };
@if(!pad_zeros && !pad_border) import package::lib::images::{ cells, only, strips_in, three_cells };
import package::lib::place::{ FAR, source_of };
import package::lib::plane::Plane;
import package::lib::scan::scan;
import package::lib::share::share;
import package::lib::view::{ Box, View, facing, highest, lowest, view_of };
import package::lib::visit::visit;

// Without mirrors each pixel has one image, and may be looked at from both sides of the horizon.
@if(pad_zeros || pad_border) struct Images { none: u32 }
@if(pad_zeros || pad_border) fn images_of(size: vec2f, v: View) -> Images { return Images(0u); }

@if(pad_zeros || pad_border)
fn collect(plane: Plane, x: vec4f, y: vec4f, size: vec2f, v: View, images: Images) -> Eight {
  let columns = only(strips_of(x, size.x), x < vec4f(size.x));
  let pair = only(strips_of(y, size.y), y < vec4f(size.y));
  @if(affine) return visit(plane, columns, pair, v);
  @if(!affine) {
    var sum: Eight;
    var side = 1.0;
    loop {
      sum = sum_of(sum, visit(plane, columns, pair, facing(v, side)));
      continuing {
        side -= 2.0;
        break if !v.crossed || side < -1.0;
      }
    }
    return sum;
  }
}

// In mirrors, the cells whose images are visited one by one; and whether pixels look at others than that, too.
@if(!pad_zeros && !pad_border) struct Images { across: vec2i, down: vec2i, others: bool, near: Box }

// Where there are many images, only the nearest are visited: going through all pixels of the output takes less time than the
// visits would, of which each takes as long as so many pixels.
@if(!pad_zeros && !pad_border) const VISIT: f32 = 160.0;

@if(!pad_zeros && !pad_border)
fn images_of(size: vec2f, v: View) -> Images {
  let low = v.seen.low;
  let high = v.seen.high;
  let across = cells(size.x, low.x, high.x);
  let down = cells(size.y, low.y, high.y);
  let count = f32(across.y - across.x + 1) * f32(down.y - down.x + 1);
  let many = count > 16.0 && count * VISIT > v.size.x * v.size.y;
  let far = any(abs(low) >= vec2f(FAR)) || any(abs(high) >= vec2f(FAR));
  let near_x = three_cells(size.x);
  let near_y = three_cells(size.y);
  let near = Box(vec2f(near_x.x, near_y.x), vec2f(near_x.y, near_y.y));
  if (!(many || far || v.crossed)) { return Images(across, down, false, near); }
  let three = vec2i(-1, 1);
  return Images(select(three, vec2i(0), size.x == 1.0), select(three, vec2i(0), size.y == 1.0), true, near);
}

@if(!pad_zeros && !pad_border)
fn collect(plane: Plane, x: vec4f, y: vec4f, size: vec2f, v: View, images: Images) -> Eight {
  var sum = eight_of(v.zero);
  for (var j = images.down.x; j <= images.down.y; j++) {
    let pair = only(strips_in(j, y, size.y), y < vec4f(size.y));
    if (highest(pair.high) < v.seen.low.y || lowest(pair.low) > v.seen.high.y) { continue; }
    for (var i = images.across.x; i <= images.across.y; i++) {
      let columns = only(strips_in(i, x, size.x), x < vec4f(size.x));
      if (highest(columns.high) < v.seen.low.x || lowest(columns.low) > v.seen.high.x) { continue; }
      sum = sum_of(sum, visit(plane, columns, pair, v));
    }
  }
  if (images.others) { sum = sum_of(sum, scan(plane, vec4i(x), i32(y.x), images.near, vec2i(size), v)); }
  return sum;
}

// A thread's share are blocks of four pixels in each of two rows.
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let own = share(id);
  if (own.n >= shape.samples) { return; }
  let v = view_of(source_of(source_matrix(own.n)), vec2u(shape.out_width, shape.out_height));
  let pg = plane_g(own.n, own.lane);
  let py = plane_y(own.n, own.lane);
  let width = shape.width;
  let height = shape.height;
  let size = vec2f(f32(width), f32(height));
  let images = images_of(size, v);
  let across = (width + 3u) / 4u;
  let end = across * ((height + 1u) / 2u);
  var b = own.first;
  loop {
    let row = b / across;
    let x = (b - row * across) * 4u;
    let y = row * 2u;
    let sum = collect(pg, f32(x) + vec4f(0.0, 1.0, 2.0, 3.0), f32(y) + vec4f(0.0, 1.0, 0.0, 1.0), size, v, images);
    let at = y * width + x;
    @if(whole_quads) {
      store(py, at / 4u, sum.top);
      if (y + 1u < height) { store(py, (at + width) / 4u, sum.bottom); }
    }
    @if(!whole_quads) {
      store_row(py, at, width - x, sum.top);
      if (y + 1u < height) { store_row(py, at + width, width - x, sum.bottom); }
    }
    continuing { b += own.step; break if b >= end; }
  }
}
