// The matrix of `affine3d` for each row of parameters, and the gradient of the rows. A thread has a row.
// M = [L, c + t − L c],  L = R(−angles) diag(scale) X Y Z
import package::lib::math::{ RADIANS_PER_DEGREE, cos_sin, tan_degrees };
import package::lib::nan::is_nan3;
import package::tensor::index::THREADS;

// 0: the matrices, row by row; 1: the gradient of the parameters
override op: u32 = 0u;

// angles, translations, scale, six shears, centre
@group(0) @binding(0) var<storage, read> rows: array<f32>;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
// rows
@group(0) @binding(3) var<uniform> u: vec4u;

const ROW: u32 = 18u;

fn three(i: u32) -> vec3f { return vec3f(rows[i], rows[i + 1u], rows[i + 2u]); }

// A rotation vector as axis and angle. Exact where it has one component: then nothing is divided, and no root taken.
struct Turn { axis: vec3f, degrees: f32 }

fn turn_of(v: vec3f) -> Turn {
  if (any(is_nan3(v))) { return Turn(v, v.x + v.y + v.z); }
  let a = abs(v);
  let most = max(a.x, max(a.y, a.z));
  if (most == 0.0) { return Turn(vec3f(0.0, 0.0, 1.0), 0.0); }
  let part = select(v / most, sign(v), a == vec3f(most));
  let square = dot(part, part);
  if (square == 1.0) { return Turn(part, most); }
  let length = sqrt(square);
  return Turn(part / length, most * length);
}

// [k]×, by columns.
fn cross_of(k: vec3f) -> mat3x3f { return mat3x3f(vec3f(0.0, k.z, -k.y), vec3f(-k.z, 0.0, k.x), vec3f(k.y, -k.x, 0.0)); }

fn diagonal(v: vec3f) -> mat3x3f { return mat3x3f(vec3f(v.x, 0.0, 0.0), vec3f(0.0, v.y, 0.0), vec3f(0.0, 0.0, v.z)); }

fn outer(a: vec3f, b: vec3f) -> mat3x3f { return mat3x3f(a * b.x, a * b.y, a * b.z); }

// R(−v), by Rodrigues' formula: positive angles turn counter-clockwise as seen, where y points down.
fn rotation(v: vec3f) -> mat3x3f {
  let t = turn_of(v);
  let cs = cos_sin(t.degrees);
  return diagonal(vec3f(cs.x)) - cs.y * cross_of(t.axis) + (1.0 - cs.x) * outer(t.axis, t.axis);
}

// With w = −v in radians, t = w·w, a = sin θ / θ and b = (1 − cos θ) / t:  R = 1 + a [w]× + b (w wᵀ − t 1).
// a′ / θ and b′ / θ are of lower order than what they are differences of, so that small angles have series.
fn rotation_backward(v: vec3f, gr: mat3x3f) -> vec3f {
  let turn = turn_of(v);
  let w = -RADIANS_PER_DEGREE * v;
  let angle = RADIANS_PER_DEGREE * turn.degrees;
  let t = angle * angle;
  let cs = cos_sin(turn.degrees);
  var a = 1.0 - t / 6.0 * (1.0 - t / 20.0 * (1.0 - t / 42.0 * (1.0 - t / 72.0)));
  var b = 0.5 - t / 24.0 * (1.0 - t / 30.0 * (1.0 - t / 56.0 * (1.0 - t / 90.0)));
  var a1 = -1.0 / 3.0 + t / 30.0 - t * t / 840.0 + t * t * t / 45360.0;
  var b1 = -1.0 / 12.0 + t / 180.0 - t * t / 6720.0 + t * t * t / 453600.0;
  if (angle > 0.7) {
    a = cs.y / angle;
    b = (1.0 - cs.x) / t;
    a1 = (cs.x - a) / t;
    b1 = (a - 2.0 * b) / t;
  }
  let twist = vec3f(gr[1].z - gr[2].y, gr[2].x - gr[0].z, gr[0].y - gr[1].x);
  let trace = gr[0].x + gr[1].y + gr[2].z;
  let both = gr * w + w * gr;
  let along = a1 * dot(twist, w) + b1 * (0.5 * dot(w, both) - t * trace);
  return -RADIANS_PER_DEGREE * (a * twist + b * (both - 2.0 * trace * w) + along * w);
}

fn negative_tan(i: u32) -> f32 { return -tan_degrees(rows[i]); }

// d(−tan) / d(degrees)
fn slope(tan: f32) -> f32 { return -RADIANS_PER_DEGREE * (1.0 + tan * tan); }

fn store3(i: u32, v: vec3f) {
  y[i] = v.x;
  y[i + 1u] = v.y;
  y[i + 2u] = v.z;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = global.x + global.y * groups.x * THREADS;
  if (row >= u.x) { return; }
  let k = row * ROW;
  let m = row * 16u;
  let turned = rotation(three(k));
  let scale = three(k + 6u);
  let xy = negative_tan(k + 9u);
  let xz = negative_tan(k + 10u);
  let yx = negative_tan(k + 11u);
  let yz = negative_tan(k + 12u);
  let zx = negative_tan(k + 13u);
  let zy = negative_tan(k + 14u);
  let center = three(k + 15u);
  let sx = mat3x3f(vec3f(1.0, xy, xz), vec3f(0.0, 1.0, 0.0), vec3f(0.0, 0.0, 1.0));
  let sy = mat3x3f(vec3f(1.0, 0.0, 0.0), vec3f(yx, 1.0, yz), vec3f(0.0, 0.0, 1.0));
  let sz = mat3x3f(vec3f(1.0, 0.0, 0.0), vec3f(0.0, 1.0, 0.0), vec3f(zx, zy, 1.0));
  let sheared = sx * sy * sz;
  let scaled = turned * diagonal(scale);
  let linear = scaled * sheared;
  if (op == 0u) {
    let moved = (center - linear * center) + three(k + 3u);
    for (var r = 0u; r < 3u; r++) {
      for (var c = 0u; c < 3u; c++) { y[m + 4u * r + c] = linear[c][r]; }
      y[m + 4u * r + 3u] = moved[r];
      y[m + 12u + r] = 0.0;
    }
    y[m + 15u] = 1.0;
    return;
  }
  let gt = vec3f(g[m + 3u], g[m + 7u], g[m + 11u]);
  var gl: mat3x3f;
  for (var c = 0u; c < 3u; c++) { gl[c] = vec3f(g[m + c], g[m + 4u + c], g[m + 8u + c]) - gt * center[c]; }
  let g_scaled = gl * transpose(sheared);
  let g_sheared = transpose(scaled) * gl;
  let gs = transpose(turned) * g_scaled;
  let gx = g_sheared * transpose(sy * sz);
  let gy = transpose(sx) * g_sheared * transpose(sz);
  let gz = transpose(sx * sy) * g_sheared;
  store3(k, rotation_backward(three(k), g_scaled * diagonal(scale)));
  store3(k + 3u, gt);
  store3(k + 6u, vec3f(gs[0].x, gs[1].y, gs[2].z));
  store3(k + 9u, vec3f(gx[0].y * slope(xy), gx[0].z * slope(xz), gy[1].x * slope(yx)));
  store3(k + 12u, vec3f(gy[1].z * slope(yz), gz[2].x * slope(zx), gz[2].y * slope(zy)));
  store3(k + 15u, gt - gt * linear);
}
