// Spreads up to four tensors over the samples and components of a block. The numbers that a call refuses, a tensor may hold: its
// values are moved to the nearest one that the parameter allows. The gradient is that of the value that was used
// (straight-through), so that what was learned too far can come back. NaN stays, and so does what is infinite where there is no
// bound. `compiler/pack/params.ts` writes the words.
import package::lib::cheap::{ off_zero, within };
import package::lib::nan::is_nan;
import package::lib::thread::LINE;

struct Spread {
  width: u32, offset: u32, by_sample: u32, by_component: u32,
  min: f32, max: f32, gap: f32, whole: u32,
  names: u32, is: f32, none: u32, spare: u32,
}
struct Shape { samples: u32, first: u32, none: u32, spare: u32, spreads: array<Spread, 4> }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read> c: array<f32>;
@group(0) @binding(4) var<storage, read> d: array<f32>;
@group(0) @binding(5) var<storage, read_write> block: array<f32>;

fn value(which: u32, at: u32) -> f32 {
  switch which {
    case 0u: { return a[at]; }
    case 1u: { return b[at]; }
    case 2u: { return c[at]; }
    default: { return d[at]; }
  }
}

// Where a parameter says which samples a transform applies to, by a number that they have: 1 for those, 0 for all others.
fn allowed(v: f32, s: Spread) -> f32 {
  if (s.names == 1u) { return select(0.0, 1.0, v == s.is && !is_nan(v)); }
  let off = off_zero(within(v, s.min, s.max), s.gap);
  return select(off, round(off), s.whole == 1u);
}

// A thread has a sample and a component of one of them.
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  let s = shape.spreads[id.z];
  let k = i / shape.samples;
  if (k >= s.width) { return; }
  let n = i - k * shape.samples;
  let v = value(id.z, (shape.first + n) * s.by_sample + k * s.by_component);
  block[(s.offset + k) * shape.samples + n] = allowed(v, s);
}
