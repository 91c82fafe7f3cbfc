// What pixels give that look beyond the nearest images of the source, where mirrors show each pixel over and over: they are gone
// through one by one, and asked which pixels their taps come down to, as forward asks. So the time does not depend on how far
// they look.
import package::generated::io::fetch_g;
import package::lib::cheap::whole;
import package::lib::eight::{ Eight, added };
import package::lib::kernel::{ FIRST, RADIUS, TAPS, base, weights };
import package::lib::padding::resolve;
import package::lib::place::{ FAR, Start, along, held, start_of };
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

// How far a place is from the middle of eight pixels, after padding has folded it into the image: never farther than unfolded.
struct Fold { period: vec2f, middle: vec2f, reach: vec2f }

@if(pad_reflection) const TURN: f32 = 0.0;
@if(!pad_reflection) const TURN: f32 = 1.0;

fn fold_of(x: i32, y: i32, size: vec2i) -> Fold {
  @if(pad_reflection) let period = 2.0 * vec2f(size) - 2.0;
  @if(pad_symmetric) let period = 2.0 * vec2f(size);
  @if(!pad_reflection && !pad_symmetric) let period = vec2f(size);
  // Half of the pixels, the kernel, and what rounding may do to a place that is far away.
  let reach = vec2f(1.5, 0.5) + RADIUS + 2.0;
  return Fold(max(period, vec2f(1.0)), vec2f(f32(x) + 1.5, f32(y) + 0.5), reach);
}

fn is_near(pos: vec2f, f: Fold, more: vec2f) -> bool {
  let t = pos - f.period * floor(pos / f.period);
  @if(pad_circular) let away = min(abs(t - f.middle), f.period - abs(t - f.middle));
  @if(!pad_circular) let turned = f.period - TURN - t;
  @if(!pad_circular) let away = abs(select(t, turned, turned < t) - f.middle);
  return all(away <= f.reach + more);
}

// The pixels are `columns` of the rows `y` and y + 1, the taps of `near` are not asked for, and the source has `size`.
fn scan(plane: Plane, columns: vec4i, y: i32, near: Box, size: vec2i, v: View) -> Eight {
  let seen = Box(near.low + RADIUS, near.high - RADIUS);
  let inner = sides(seen, v, -1.0);
  // A box with room and a side has no pixel behind the horizon.
  let skips = all(seen.low < seen.high) && (any(size > vec2i(1)) || !v.crossed);
  let fold = fold_of(columns.x, y, size);
  var sum: Eight;
  var row = 0;
  loop {
    // These columns look at nothing else: from the first of them on, it goes on behind the last.
    let skipped = columns_of(inner, f32(row), v.last.x);
    let some = skips & (skipped.x <= skipped.y);
    let hole = vec2i(select(-1, skipped.x, some), skipped.y + 1);
    let start = start_of(v.m, f32(row));
    var x = select(0, hole.y, hole.x == 0);
    @if(affine) {
      let half = 0.5 * f32(v.last.x);
      let middle = along(v.m, start, half).at;
      let most = abs(middle) + abs(v.m[0].xy) * half < vec2f(FAR);
      if (all(most) && !is_near(middle, fold, abs(v.m[0].xy) * half)) { x = v.last.x + 1; }
    }
    loop {
      // Most look elsewhere.
      loop {
        if (x > v.last.x || is_near(held(along(v.m, start, f32(x))).at, fold, vec2f(0.0))) { break; }
        continuing { x = select(x + 1, hole.y, x + 1 == hole.x); }
      }
      sum = with_pixel(sum, plane, vec2i(x, row), start, columns, y, near, size, v);
      continuing {
        x = select(x + 1, hole.y, x + 1 == hole.x);
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

// What one of them gives, if it is there.
fn with_pixel(sum: Eight, plane: Plane, at: vec2i, start: Start, columns: vec4i, y: i32, near: Box, size: vec2i, v: View) -> Eight {
  let p = along(v.m, start, f32(at.x));
  let pos = held(p).at;
  let wx = folded(pos.x, size.x, columns, vec2f(near.low.x, near.high.x));
  let wy = folded(pos.y, size.y, vec4i(y, y + 1, y, y + 1), vec2f(near.low.y, near.high.y));
  let counted = select(0.0, 1.0, p.w > 0.0);
  let there = (at.x <= v.last.x) & (p.w != 0.0);
  let g = select(vec3f(0.0), fetch_g(plane, u32(at.y) * plane.size.x + u32(at.x)), there);
  return Eight(
    added(sum.top, wx.all * wy.all.x - counted * wx.near * wy.near.x, g),
    added(sum.bottom, wx.all * wy.all.y - counted * wx.near * wy.near.y, g),
  );
}
