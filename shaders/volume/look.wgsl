// Where in a volume a voxel of the result looks. Forward and backward ask here, in the same order of operations.
import package::lib::nan::{ HUGE, nan_from };

// Sizes before and after, how voxels beyond the volume are found (0: there are none, 1: the border, 2: mirrored about the
// outermost voxels), whether the nearest voxel is taken, and of how many threads and voxels a kernel is run.
struct Volume {
  channels: u32,
  depth: u32,
  height: u32,
  width: u32,
  out_depth: u32,
  out_height: u32,
  out_width: u32,
  padding: u32,
  nearest: u32,
  threads: u32,
  voxels: u32,
  chunks: u32,
}

// The matrix that takes voxels of the result to the source, by rows. One that is no matrix of numbers finds no places: its sample
// shows NaN, and has NaN for gradients.
struct Source { x: vec4f, y: vec4f, z: vec4f, w: vec4f, lost: bool, nan: f32 }

fn are_numbers(v: vec4f) -> bool { return all((bitcast<vec4u>(v) & vec4u(0x7fffffffu)) < vec4u(HUGE)); }

fn source_of(x: vec4f, y: vec4f, z: vec4f, w: vec4f) -> Source {
  let lost = !(are_numbers(x) & are_numbers(y) & are_numbers(z) & are_numbers(w));
  return Source(x, y, z, w, lost, nan_from(x.x));
}

// Places farther out count as this far: below 2²², so that they convert to integers.
const FAR: f32 = 4.0e6;

// A place, and what led there by division: 0 on the horizon, where there is no place and nothing to be seen.
struct Place { at: vec3f, w: f32 }

// Voxel i of the result, with a 1 behind its coordinates.
fn voxel(i: u32, v: Volume) -> vec4f {
  let row = i / v.out_width;
  let slice = row / v.out_height;
  return vec4f(f32(i - row * v.out_width), f32(row - slice * v.out_height), f32(slice), 1.0);
}

fn along(row: vec4f, p: vec4f) -> f32 { return ((row.w + row.z * p.z) + row.y * p.y) + row.x * p.x; }

fn place(s: Source, p: vec4f) -> Place {
  let w = along(s.w, p);
  let h = vec3f(along(s.x, p), along(s.y, p), along(s.z, p));
  let divided = select(h / select(w, 1.0, w == 0.0), h, w == 1.0);
  return Place(clamp(divided, vec3f(-FAR), vec3f(FAR)), w);
}

fn resolve(i: i32, size: i32, padding: u32) -> i32 {
  if (u32(i) < u32(size)) { return i; }
  if (padding == 0u) { return -1; }
  if (padding == 1u) { return clamp(i, 0, size - 1); }
  let period = max(2 * (size - 1), 1);
  var r = i % period;
  if (r < 0) { r += period; }
  return select(0, min(r, period - r), size > 1);
}

// The eight voxels around a place, x running first: where they lie in a plane of the volume, −1 for none, and their weights. With
// `nearest` it is the first one alone that has one.
struct Taps { index: array<i32, 8>, weight: array<f32, 8>, part: vec3f }

fn corner(p: Place, v: Volume) -> vec3f { return select(floor(p.at), floor(p.at + 0.5), v.nearest != 0u); }

fn taps_of(p: Place, first: vec3f, v: Volume, nearest: bool) -> Taps {
  var t: Taps;
  t.part = p.at - first;
  let start = vec3i(first);
  for (var i = 0u; i < 8u; i++) {
    let step = vec3u(i & 1u, (i >> 1u) & 1u, i >> 2u);
    let share = select(1.0 - t.part, t.part, step == vec3u(1u));
    let x = resolve(start.x + i32(step.x), i32(v.width), v.padding);
    let y = resolve(start.y + i32(step.y), i32(v.height), v.padding);
    let z = resolve(start.z + i32(step.z), i32(v.depth), v.padding);
    let there = (x | y | z) >= 0 && p.w != 0.0;
    t.index[i] = select(-1, (z * i32(v.height) + y) * i32(v.width) + x, there);
    let weight = select(share.x * share.y * share.z, select(0.0, 1.0, i == 0u), nearest);
    t.weight[i] = select(0.0, weight, there);
  }
  return t;
}
