// Points through a lens, or back: q = (p − c) / f of one camera, D(q) or the x of D(x) = q, and c + f · that of another. With
// `pull`, the gradients of the points, and for each point those of both cameras and of the lens.
import package::geometry::lens::{ Lens, bend, bend_back, straighten, straighten_back };
import package::tensor::index::{ THREADS };

@group(0) @binding(0) var<storage, read> points: array<f32>;
// [n][fx, fy, cx, cy] of either camera, then 14 coefficients
@group(0) @binding(1) var<storage, read> lenses: array<f32>;
// of the result
@group(0) @binding(2) var<storage, read> g: array<f32>;
// [n, m][x, y], and with `pull` 22 more, as in `lenses`
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
// points of all samples, points of one, 1 for back, 1 for pull
@group(0) @binding(4) var<uniform> u: vec4u;

const PER_LENS = 22u;
const PER_PULL = 24u;

fn lens_at(i: u32) -> Lens {
  return Lens(
    lenses[i], lenses[i + 1u], lenses[i + 2u], lenses[i + 3u], lenses[i + 4u], lenses[i + 5u], lenses[i + 6u], lenses[i + 7u],
    lenses[i + 8u], lenses[i + 9u], lenses[i + 10u], lenses[i + 11u], vec2f(lenses[i + 12u], lenses[i + 13u]),
  );
}

fn pair(i: u32) -> vec2f { return vec2f(lenses[i], lenses[i + 1u]); }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = global.x + global.y * groups.x * THREADS;
  if (i >= u.x) { return; }
  let first = i / u.y * PER_LENS;
  let focal = pair(first);
  let q = (vec2f(points[2u * i], points[2u * i + 1u]) - pair(first + 2u)) / focal;
  let focal_to = pair(first + 4u);
  let l = lens_at(first + 8u);
  var to: vec2f;
  var known = true;
  if (u.z == 1u) {
    let x = straighten(q, l);
    to = x.at;
    known = x.found;
  } else { to = q + bend(q, l); }
  if (u.w == 0u) {
    let p = to * focal_to + pair(first + 6u);
    y[2u * i] = select(nowhere(), p.x, known);
    y[2u * i + 1u] = select(nowhere(), p.y, known);
    return;
  }
  let gy = select(vec2f(0.0), vec2f(g[2u * i], g[2u * i + 1u]), known);
  var gl: Lens;
  var gq: vec2f;
  if (u.z == 1u) { gq = straighten_back(to, l, gy * focal_to, &gl); } else { gq = bend_back(q, l, gy * focal_to, &gl); }
  let gp = gq / focal;
  let at = i * PER_PULL;
  y[at] = gp.x;
  y[at + 1u] = gp.y;
  y[at + 2u] = -gp.x * q.x;
  y[at + 3u] = -gp.y * q.y;
  y[at + 4u] = -gp.x;
  y[at + 5u] = -gp.y;
  y[at + 6u] = select(0.0, gy.x * to.x, known);
  y[at + 7u] = select(0.0, gy.y * to.y, known);
  y[at + 8u] = gy.x;
  y[at + 9u] = gy.y;
  y[at + 10u] = gl.k1;
  y[at + 11u] = gl.k2;
  y[at + 12u] = gl.p1;
  y[at + 13u] = gl.p2;
  y[at + 14u] = gl.k3;
  y[at + 15u] = gl.k4;
  y[at + 16u] = gl.k5;
  y[at + 17u] = gl.k6;
  y[at + 18u] = gl.s1;
  y[at + 19u] = gl.s2;
  y[at + 20u] = gl.s3;
  y[at + 21u] = gl.s4;
  y[at + 22u] = gl.tilt.x;
  y[at + 23u] = gl.tilt.y;
}

// What a compiler does not know to be NaN.
fn nowhere() -> f32 { return bitcast<f32>(u.z | 0x7fc00000u); }
