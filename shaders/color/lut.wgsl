// y = T(x): a table that is read between its entries (linear), or at the nearest one; its first entry is for 0, its last one for 1
import package::lib::cheap::within3;
import package::lib::nan::is_nan3;
import package::lib::table::{ Table, entries };

struct Params { table: Table, interpolation: f32 }

// The entry below, that one and the next one, and how far x is between them.
struct Spot { i: vec3u, f: vec3f, low: vec3f, high: vec3f }

fn spot(x: vec3f, t: Table) -> Spot {
  let at = within3(x, vec3f(0.0), vec3f(1.0)) * f32(t.length - 1u);
  // The last entry is behind the one before it. NaN, which is no place, stays NaN in f.
  let i = min(vec3u(at), vec3u(t.length - 2u));
  return Spot(i, at - vec3f(i), entries(t, i), entries(t, i + 1u));
}

// How much of the upper entry is taken.
fn share(s: Spot, p: Params) -> vec3f {
  return select(s.f, select(vec3f(0.0), vec3f(1.0), s.f >= vec3f(0.5)), p.interpolation == 1.0);
}

fn forward(x: vec3f, p: Params) -> vec3f {
  let s = spot(x, p.table);
  let h = share(s, p);
  // An entry that has no part is not looked at, whatever it is.
  let between = select(s.low + h * (s.high - s.low), s.low, h == vec3f(0.0));
  return select(select(between, s.high, h == vec3f(1.0)), x, is_nan3(x));
}

// gx = g · (T[i + 1] − T[i]) · (length − 1), for the nearest entry too (straight-through), and 0 beyond 0..1;
// dT[i] = g · (1 − h);  dT[i + 1] = g · h
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let s = spot(x, p.table);
  let h = share(s, p);
  (*gp).table.at = s.i;
  (*gp).table.low = gy * (1.0 - h);
  (*gp).table.high = gy * h;
  let slope = gy * (s.high - s.low) * f32(p.table.length - 1u);
  return select(vec3f(0.0), slope, (x >= vec3f(0.0)) & (x <= vec3f(1.0)));
}
