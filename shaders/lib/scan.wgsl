// What pixels give that look beyond the nearest images of the source, where mirrors show each pixel over and over: they are gone
// through one by one, and asked which pixels their taps come down to, as forward asks. So the time does not depend on how far
// they look.
import package::generated::io::fetch_g;
import package::lib::cheap::whole;
import package::lib::eight::{ Eight, added };
import package::lib::kernel::{ FIRST, RADIUS, TAPS, base, weights };
import package::lib::padding::resolve;
import package::lib::place::{ along, held, start_of };
import package::lib::plane::Plane;
import package::lib::view::{ Box, View, columns_of, sides };

// Weights of all taps, and of those within `near`, that come down to each of the pixels `q` of an axis.
struct Folded { all: vec4f, near: vec4f }

fn folded(pos: f32, size: i32, q: vec4i, near: vec2f) -> Folded {
  let start = base(vec2f(pos)).x;
  let w = weights(pos - start);
  let first = whole(start) + FIRST;
  var sum = Folded(vec4f(0.0), vec4f(0.0));
  for (var k = 0; k < TAPS; k++) {
    let tap = first + k;
    let own = select(vec4f(0.0), vec4f(w[k]), q == vec4i(resolve(tap, size)));
    sum.all += own;
    sum.near += select(vec4f(0.0), own, (f32(tap) >= near.x) & (f32(tap) <= near.y));
  }
  return sum;
}

// The pixels are `columns` of the rows `y` and y + 1, the taps of `near` are not asked for, and the source has `size`.
fn scan(plane: Plane, columns: vec4i, y: i32, near: Box, size: vec2i, v: View) -> Eight {
  let seen = Box(near.low + RADIUS, near.high - RADIUS);
  let inner = sides(seen, v, -1.0);
  // A box with room and a side has no pixel behind the horizon.
  let skips = all(seen.low < seen.high) && (any(size > vec2i(1)) || !v.crossed);
  var sum: Eight;
  var row = 0;
  loop {
    // These columns look at nothing else: from the first of them on, it goes on behind the last.
    let skipped = columns_of(inner, f32(row), v.last.x);
    let some = skips & (skipped.x <= skipped.y);
    let behind = skipped.y + 1;
    let start = start_of(v.m, f32(row));
    var x = select(0, behind, some & (skipped.x == 0));
    loop {
      let p = along(v.m, start, f32(x));
      let pos = held(p).at;
      let wx = folded(pos.x, size.x, columns, vec2f(near.low.x, near.high.x));
      let wy = folded(pos.y, size.y, vec4i(y, y + 1, y, y + 1), vec2f(near.low.y, near.high.y));
      let counted = select(0.0, 1.0, p.w > 0.0);
      let g = select(vec3f(0.0), fetch_g(plane, u32(row) * plane.size.x + u32(x)), (x <= v.last.x) & (p.w != 0.0));
      sum = Eight(
        added(sum.top, wx.all * wy.all.x - counted * wx.near * wy.near.x, g),
        added(sum.bottom, wx.all * wy.all.y - counted * wx.near * wy.near.y, g),
      );
      continuing {
        x += 1;
        x = select(x, behind, some & (x == skipped.x));
        break if x > v.last.x;
      }
    }
    continuing {
      row += 1;
      break if row > v.last.y;
    }
  }
  return sum;
}
