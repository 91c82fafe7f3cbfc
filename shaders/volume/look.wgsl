// Where in a volume a voxel of the result looks. Forward and backward ask here, in the same order of operations.
import package::lib::nan::{ HUGE, nan_from };

// Sizes before and after, and of how many threads and voxels a kernel is run.
struct Volume {
  channels: u32,
  depth: u32,
  height: u32,
  width: u32,
  out_depth: u32,
  out_height: u32,
  out_width: u32,
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

// How voxels beyond the volume are found. 0: there are none; 1: the border; 2: mirrored about the outermost voxels.
fn resolve(i: i32, size: i32, padding: u32) -> i32 {
  if (u32(i) < u32(size)) { return i; }
  if (padding == 0u) { return -1; }
  if (padding == 1u) { return clamp(i, 0, size - 1); }
  let period = max(2 * (size - 1), 1);
  var r = i % period;
  if (r < 0) { r += period; }
  return select(0, min(r, period - r), size > 1);
}

// The eight voxels around a place, x running first, y next: where they lie in a plane of the volume, whether they are there, and their
// weights; those at the lower z, and those above. With `nearest` it is the first one alone that has a weight. Written out, not looped:
// arrays that are indexed cost SwiftShader many times as much.
struct Taps {
  low: vec4i,
  high: vec4i,
  low_there: vec4<bool>,
  high_there: vec4<bool>,
  low_weight: vec4f,
  high_weight: vec4f,
  part: vec3f,
}

fn taps_of(p: Place, v: Volume, padding: u32, nearest: bool) -> Taps {
  let first = select(floor(p.at), floor(p.at + 0.5), nearest);
  let f = select(p.at - first, vec3f(0.0), nearest);
  let e = 1.0 - f;
  let start = vec3i(first);
  let size = vec3i(i32(v.width), i32(v.height), i32(v.depth));
  let x0 = resolve(start.x, size.x, padding);
  let x1 = resolve(start.x + 1, size.x, padding);
  let y0 = resolve(start.y, size.y, padding);
  let y1 = resolve(start.y + 1, size.y, padding);
  let z0 = select(-1, resolve(start.z, size.z, padding), p.w != 0.0);
  let z1 = select(-1, resolve(start.z + 1, size.z, padding), p.w != 0.0);
  let x = vec4i(x0, x1, x0, x1);
  let y = vec4i(y0, y0, y1, y1);
  let beside = x | y;
  let low_there = (beside | vec4i(z0)) >= vec4i(0);
  let high_there = (beside | vec4i(z1)) >= vec4i(0);
  let rows = y * size.x + x;
  let slice = size.x * size.y;
  let share = vec4f(e.x * e.y, f.x * e.y, e.x * f.y, f.x * f.y);
  return Taps(
    select(vec4i(0), rows + z0 * slice, low_there),
    select(vec4i(0), rows + z1 * slice, high_there),
    low_there,
    high_there,
    select(vec4f(0.0), share * e.z, low_there),
    select(vec4f(0.0), share * f.z, high_there),
    f,
  );
}
