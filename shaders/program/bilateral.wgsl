// Bilateral filters: what their kernels share. Images are read in groups of three channels; a lane beyond the last channel is 0.
// Weights are w(p, t) = exp(−tx²/2σx² − ty²/2σy² − d²/2σc²), d being how far the guide at p + t is from the guide at p.
import package::lib::beside::{ beside, there };

struct Shape {
  samples: u32,
  // Channels of the image, and of the guide.
  channels: u32,
  depth: u32,
  height: u32,
  width: u32,
  // Half of the window, without the middle.
  down: u32,
  across: u32,
  threads: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> params: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> guide: array<f32>;

// Three channels of one sample: where they begin, how far they lie apart, and how many are left from the first one on.
struct Group { first: u32, pixels: u32, left: u32 }

fn group_of(n: u32, k: u32, channels: u32) -> Group {
  let pixels = shape.height * shape.width;
  return Group((n * channels + 3u * k) * pixels, pixels, channels - 3u * k);
}

@if(x_one) fn x_at(g: Group, i: u32) -> vec3f { return vec3f(x[g.first + i], 0.0, 0.0); }
@if(!x_one && x_whole)
fn x_at(g: Group, i: u32) -> vec3f { return vec3f(x[g.first + i], x[g.first + g.pixels + i], x[g.first + 2u * g.pixels + i]); }
@if(!x_one && !x_whole)
fn x_at(g: Group, i: u32) -> vec3f {
  let at = vec3u(0u, select(0u, g.pixels, g.left > 1u), select(0u, 2u * g.pixels, g.left > 2u)) + g.first + i;
  return select(vec3f(0.0), vec3f(x[at.x], x[at.y], x[at.z]), vec3u(0u, 1u, 2u) < vec3u(g.left));
}

@if(guide_one) fn guide_at(g: Group, i: u32) -> vec3f { return vec3f(guide[g.first + i], 0.0, 0.0); }
@if(!guide_one && guide_whole)
fn guide_at(g: Group, i: u32) -> vec3f {
  return vec3f(guide[g.first + i], guide[g.first + g.pixels + i], guide[g.first + 2u * g.pixels + i]);
}
@if(!guide_one && !guide_whole)
fn guide_at(g: Group, i: u32) -> vec3f {
  let at = vec3u(0u, select(0u, g.pixels, g.left > 1u), select(0u, 2u * g.pixels, g.left > 2u)) + g.first + i;
  return select(vec3f(0.0), vec3f(guide[at.x], guide[at.y], guide[at.z]), vec3u(0u, 1u, 2u) < vec3u(g.left));
}

// 1 / ln 2: a power of two costs less than one of e.
const LOG2_E: f32 = 1.4426950408889634;

// Deviations of a sample, and halves of their inverse squares over ln 2.
struct Widths { sigma: vec3f, across: f32, down: f32, colour: f32 }

fn widths_of(n: u32) -> Widths {
  let c = params[n];
  let a = params[shape.samples + n];
  let d = params[2u * shape.samples + n];
  return Widths(vec3f(c, a, d), 0.5 * LOG2_E / (a * a), 0.5 * LOG2_E / (d * d), 0.5 * LOG2_E / (c * c));
}

// How far two colours are apart: a sum of the channels' distances, or of their squares.
@if(l2) fn measure(d: vec3f) -> f32 { return dot(d, d); }
@if(!l2) fn measure(d: vec3f) -> f32 { return abs(d.x) + abs(d.y) + abs(d.z); }
@if(l2) fn squared(m: f32) -> f32 { return m; }
@if(!l2) fn squared(m: f32) -> f32 { return m * m; }
// Half of the derivative of the square by a channel's difference.
@if(l2) fn toward(d: vec3f, m: f32) -> vec3f { return d; }
@if(!l2) fn toward(d: vec3f, m: f32) -> vec3f { return m * sign(d); }

// The same over all channels of the guide, between pixels i and j of a sample; beyond the image it may be 0.
fn measured(n: u32, i: u32, j: u32, seen: bool) -> f32 {
  var sum = 0.0;
  var k = 0u;
  loop {
    let g = group_of(n, k, shape.depth);
    sum += measure(select(vec3f(0.0), guide_at(g, j), seen) - guide_at(g, i));
    continuing { k++; break if 3u * k >= shape.depth; }
  }
  return sum;
}

fn weight(dx: i32, dy: i32, d2: f32, s: Widths) -> f32 {
  let t = vec2f(f32(dx), f32(dy));
  return exp2(-(t.x * t.x * s.across + t.y * t.y * s.down + d2 * s.colour));
}

// The row that is seen at a place, or −1 for none, and where it begins.
struct Line { row: i32, at: i32 }

fn line_of(vy: i32, size: vec2i) -> Line {
  let row = beside(vy, size.y);
  return Line(row, there(row) * size.x);
}

// The pixel that is seen in a line, and whether there is one.
struct Place { i: u32, seen: bool }

fn place_of(vx: i32, line: Line, size: vec2i) -> Place {
  let column = beside(vx, size.x);
  return Place(u32(line.at + there(column)), (line.row | column) >= 0);
}
