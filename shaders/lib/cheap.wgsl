// What `min`, `max`, `clamp` and conversions do, by comparing and by bits. WGSL's own look for NaN and for numbers that do
// not fit: on SwiftShader they take 4 to 10 times as long, on a GPU as long. NaN passes through.

fn at_least(v: f32, low: f32) -> f32 { return select(v, low, v < low); }
fn at_least4(v: vec4f, low: f32) -> vec4f { return select(v, vec4f(low), v < vec4f(low)); }
fn at_most(v: f32, high: f32) -> f32 { return select(v, high, v > high); }
// At least `gap` from 0, on the same side.
fn off_zero(v: f32, gap: f32) -> f32 { return select(v, select(gap, -gap, v < 0.0), abs(v) < gap); }
fn within(v: f32, low: f32, high: f32) -> f32 { return at_most(at_least(v, low), high); }
fn within2(v: vec2f, low: vec2f, high: vec2f) -> vec2f {
  let raised = select(v, low, v < low);
  return select(raised, high, raised > high);
}
fn within3(v: vec3f, low: vec3f, high: vec3f) -> vec3f {
  let raised = select(v, low, v < low);
  return select(raised, high, raised > high);
}

// A whole number of at most 2²² as an integer: added to 1.5 · 2²³, it is the mantissa.
fn whole(v: f32) -> i32 { return bitcast<i32>(v + 12582912.0) - 0x4b400000; }
fn whole2(v: vec2f) -> vec2i { return bitcast<vec2i>(v + 12582912.0) - 0x4b400000; }

// Whole numbers from 0 to 2²² as integers: added to 2²³, they are the mantissa.
fn whole_of(v: vec3f) -> vec3u { return bitcast<vec3u>(v + 8388608.0) - vec3u(0x4b000000u); }
