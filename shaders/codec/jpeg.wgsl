// A block of 8 x 8 of one plane: v = Q · R(c / Q), c the cosine transform of 255 x − 128. Q = F(clip((T · F(s) + 50) / 100, 1, 255)), T the plane's
// quantisation table, s = 5000 / quality below 50, else 200 − 2 quality. R and F round to the nearest number and down: softly as
// R(u) = r + (u − r)³ and F(u) = f + (u − f − 1/2)³ (Shin and Song), with a clip that is soft too; or hard, with the gradient of no
// rounding (straight-through).
import package::generated::tile::{ Block, Sums, table };
import package::lib::cosine::{ Octet, cosines, values };
import package::lib::tile::Tile;

// The estimator is known when a kernel is made: `@if` asks for it.
struct Params { quality: f32, quantizationTableY: array<f32, 64>, quantizationTableC: array<f32, 64>, estimator: f32 }

// A value and its slope.
struct Dual { value: f32, slope: f32 }

// Rounds down a / b, which division may leave a little below a whole number.
fn whole_part(a: f32, b: f32) -> f32 {
  let f = floor(a / b);
  return select(select(f, f - 1.0, f * b > a), f + 1.0, (f + 1.0) * b <= a);
}

@if(estimator_polynomial)
fn floored(f: f32, rest: f32) -> Dual { return Dual(f + (rest - 0.5) * (rest - 0.5) * (rest - 0.5), 3.0 * (rest - 0.5) * (rest - 0.5)); }
@if(estimator_straightThrough)
fn floored(f: f32, rest: f32) -> Dual { return Dual(f, 1.0); }

// F(s), and its derivative by the quality.
fn scale_of(quality: f32) -> Dual {
  if (quality < 50.0) {
    let f = whole_part(5000.0, quality);
    let s = floored(f, (5000.0 - f * quality) / quality);
    return Dual(s.value, -5000.0 / (quality * quality) * s.slope);
  }
  let t = 200.0 - 2.0 * quality;
  let s = floored(floor(t), t - floor(t));
  return Dual(s.value, -2.0 * s.slope);
}

// Q, and its derivative by a hundred times what is clipped.
@if(estimator_polynomial)
fn step_of(scaled: f32) -> Dual {
  let a = scaled + 50.0;
  let v = a * 0.01;
  if (a < 100.0) {
    let low = exp(v - 1.0);
    let q = floored(0.0, 0.98 + 0.02 * low);
    return Dual(q.value, 0.02 * low * q.slope * 0.01);
  }
  if (a > 25500.0) {
    let high = exp(255.0 - v);
    let q = floored(255.0, 0.02 - 0.02 * high);
    return Dual(q.value, 0.02 * high * q.slope * 0.01);
  }
  let f = whole_part(a, 100.0);
  let q = floored(f, (a - f * 100.0) * 0.01);
  return Dual(q.value, q.slope * 0.01);
}
@if(estimator_straightThrough)
fn step_of(scaled: f32) -> Dual {
  let a = scaled + 50.0;
  let f = whole_part(a, 100.0);
  if (f < 1.0) { return Dual(1.0, 0.0); }
  if (f > 255.0) { return Dual(255.0, 0.0); }
  return Dual(f, 0.01);
}

// T, the entries of luma before those of chroma.
fn base_of(k: u32, p: Params) -> f32 {
  var own = p;
  if (k < 64u) { return own.quantizationTableY[k]; }
  return own.quantizationTableC[k - 64u];
}

fn entry(k: u32, p: Params) -> f32 { return step_of(base_of(k, p) * scale_of(p.quality).value).value; }

fn entry_back(k: u32, p: Params, g: f32, gp: ptr<function, Params>) {
  let base = base_of(k, p);
  let scale = scale_of(p.quality);
  let d = g * step_of(base * scale.value).slope;
  (*gp).quality += d * base * scale.slope;
  if (k < 64u) { (*gp).quantizationTableY[k] += d * scale.value; }
  else { (*gp).quantizationTableC[k - 64u] += d * scale.value; }
}

fn first_entry(at: Tile) -> u32 { return select(0u, 64u, at.plane > 0u); }

fn row_of(b: ptr<function, Block>, r: u32) -> Octet {
  let i = r * 8u;
  return Octet(vec4f((*b)[i], (*b)[i + 1u], (*b)[i + 2u], (*b)[i + 3u]), vec4f((*b)[i + 4u], (*b)[i + 5u], (*b)[i + 6u], (*b)[i + 7u]));
}
fn column_of(b: ptr<function, Block>, c: u32) -> Octet {
  return Octet(vec4f((*b)[c], (*b)[c + 8u], (*b)[c + 16u], (*b)[c + 24u]), vec4f((*b)[c + 32u], (*b)[c + 40u], (*b)[c + 48u], (*b)[c + 56u]));
}
fn set_row(b: ptr<function, Block>, r: u32, v: Octet) {
  let i = r * 8u;
  (*b)[i] = v.a.x; (*b)[i + 1u] = v.a.y; (*b)[i + 2u] = v.a.z; (*b)[i + 3u] = v.a.w;
  (*b)[i + 4u] = v.b.x; (*b)[i + 5u] = v.b.y; (*b)[i + 6u] = v.b.z; (*b)[i + 7u] = v.b.w;
}
fn set_column(b: ptr<function, Block>, c: u32, v: Octet) {
  (*b)[c] = v.a.x; (*b)[c + 8u] = v.a.y; (*b)[c + 16u] = v.a.z; (*b)[c + 24u] = v.a.w;
  (*b)[c + 32u] = v.b.x; (*b)[c + 40u] = v.b.y; (*b)[c + 48u] = v.b.z; (*b)[c + 56u] = v.b.w;
}

// Of a column of frequencies the even rows and the odd ones.
fn steps(at: u32) -> Octet {
  return Octet(vec4f(table(at), table(at + 16u), table(at + 32u), table(at + 48u)), vec4f(table(at + 8u), table(at + 24u), table(at + 40u), table(at + 56u)));
}

// Rows hold even frequencies before odd ones while columns are worked on.
fn frequency(c: u32) -> u32 { return select(2u * c, 2u * c - 7u, c >= 4u); }

@if(estimator_polynomial)
fn rounded(u: vec4f) -> vec4f {
  let r = round(u);
  let f = u - r;
  return r + f * f * f;
}
@if(estimator_straightThrough)
fn rounded(u: vec4f) -> vec4f { return round(u); }

// The slope of R.
@if(estimator_polynomial)
fn slope(u: vec4f) -> vec4f {
  let f = u - round(u);
  return 3.0 * f * f;
}
@if(estimator_straightThrough)
fn slope(u: vec4f) -> vec4f { return vec4f(1.0); }

fn spectrum_of_rows(b: ptr<function, Block>, scale: f32, shift: f32) {
  for (var r = 0u; r < 8u; r++) {
    let v = row_of(b, r);
    set_row(b, r, cosines(Octet(scale * v.a - shift, scale * v.b - shift)));
  }
}

fn forward(b: ptr<function, Block>, at: Tile) {
  spectrum_of_rows(b, 255.0, 128.0);
  let entries = at.n * 128u + first_entry(at);
  for (var c = 0u; c < 8u; c++) {
    let q = steps(entries + frequency(c));
    let f = cosines(column_of(b, c));
    set_column(b, c, values(Octet(q.a * rounded(f.a / q.a), q.b * rounded(f.b / q.b))));
  }
  for (var r = 0u; r < 8u; r++) {
    let v = values(row_of(b, r));
    set_row(b, r, Octet((v.a + 128.0) / 255.0, (v.b + 128.0) / 255.0));
  }
}

// With G the cosine transform of g: that of gx is G · R'(u), u = c / Q; dQ = G / 255 · (R(u) − u · R'(u)).
fn backward(b: ptr<function, Block>, g: ptr<function, Block>, at: Tile, gt: ptr<function, Sums>) {
  spectrum_of_rows(b, 255.0, 128.0);
  spectrum_of_rows(g, 1.0, 0.0);
  let first = first_entry(at);
  for (var c = 0u; c < 8u; c++) {
    let own = first + frequency(c);
    let q = steps(at.n * 128u + own);
    let f = cosines(column_of(b, c));
    let d = cosines(column_of(g, c));
    let u = Octet(f.a / q.a, f.b / q.b);
    let s = Octet(slope(u.a), slope(u.b));
    let even = d.a * (rounded(u.a) - u.a * s.a) / 255.0;
    let odd = d.b * (rounded(u.b) - u.b * s.b) / 255.0;
    (*gt)[own] += even.x; (*gt)[own + 8u] += odd.x;
    (*gt)[own + 16u] += even.y; (*gt)[own + 24u] += odd.y;
    (*gt)[own + 32u] += even.z; (*gt)[own + 40u] += odd.z;
    (*gt)[own + 48u] += even.w; (*gt)[own + 56u] += odd.w;
    set_column(g, c, values(Octet(d.a * s.a, d.b * s.b)));
  }
  for (var r = 0u; r < 8u; r++) { set_row(g, r, values(row_of(g, r))); }
}
