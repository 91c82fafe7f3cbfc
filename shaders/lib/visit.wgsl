// What one image of eight pixels has given to the output.
import package::generated::io::fetch_g;
import package::lib::cheap::{ at_least, at_most };
import package::lib::eight::{ Eight, added, eight_of };
@if(pad_zeros) import package::lib::images::Strips;
@if(!pad_zeros) import package::lib::images::{ OPEN, Strips };
import package::lib::kernel::RADIUS;
import package::lib::place::{ Start, along, held, start_of };
import package::lib::plane::Plane;
import package::lib::strip_weights::{ row_weights, strip_weights };
import package::lib::view::{ Box, View, columns_of, ends, highest, lowest, rows_of, sides };

// What one output pixel gives: its gradient, and the weights of the four columns and the two rows.
struct Term { g: vec3f, columns: vec4f, rows: vec2f }

fn with_term(a: Eight, t: Term) -> Eight {
  return Eight(added(a.top, t.columns * t.rows.x, t.g), added(a.bottom, t.columns * t.rows.y, t.g));
}

// The term of column x of an output row, whose pixel 0 lies at `at` in the plane and looks from `start`; none behind `last`.
fn term(plane: Plane, at: u32, start: Start, x: i32, last: i32, columns: Strips, pair: Strips, v: View) -> Term {
  let p = along(v.m, start, f32(x));
  @if(pad_zeros) let pos = p.at;
  @if(!pad_zeros) let pos = held(p).at;
  @if(affine) let counts = x <= last;
  @if(!affine) let counts = (x <= last) & (p.w > 0.0);
  let g = select(vec3f(0.0), fetch_g(plane, at + u32(x)), counts);
  return Term(g, strip_weights(pos.x, columns), row_weights(pos.y, pair));
}

// Where the pixels of some strips are looked at from. Without mirrors, strips reach farther than anything looks.
fn box_of(columns: Strips, pair: Strips) -> Box {
  let reach = RADIUS + 1e-3;
  return Box(
    vec2f(lowest(columns.low), at_most(pair.low.x, pair.low.y)) - reach,
    vec2f(highest(columns.high), at_least(pair.high.x, pair.high.y)) + reach,
  );
}
@if(pad_zeros)
fn within_sight(box: Box, v: View) -> Box { return box; }
// A strip without an end reaches as far as anything looks.
@if(!pad_zeros)
fn within_sight(box: Box, v: View) -> Box {
  let low = select(max(box.low, v.seen.low), v.seen.low, box.low < vec2f(-0.5 * OPEN));
  let high = select(min(box.high, v.seen.high), v.seen.high, box.high > vec2f(0.5 * OPEN));
  return Box(low, high);
}

// `pair` holds the two rows, each twice. What does not change is taken out of the loops by hand: a GPU's compiler does so itself,
// SwiftShader's does not. Sums that a loop carries cost it much, so two columns go at a time.
fn visit(plane: Plane, columns: Strips, pair: Strips, v: View) -> Eight {
  let box = box_of(columns, pair);
  let rows = ends(rows_of(within_sight(box, v), v), v.last.y);
  let cut = sides(box, v, 1.0);
  var sum = eight_of(v.zero);
  // Each loop runs at least once: a term decides whether it counts.
  var y = rows.x;
  loop {
    var range = columns_of(cut, f32(y), v.last.x);
    range.y = select(-1, range.y, y <= rows.y);
    let start = start_of(v.m, f32(y));
    let at = u32(y) * plane.size.x;
    var x = range.x;
    loop {
      let one = term(plane, at, start, x, range.y, columns, pair, v);
      let two = term(plane, at, start, x + 1, range.y, columns, pair, v);
      sum = with_term(with_term(sum, one), two);
      continuing {
        x += 2;
        break if x > range.y;
      }
    }
    continuing {
      y += 1;
      break if y > rows.y;
    }
  }
  return sum;
}
