// NaN by its bits: a compiler may take for granted that there is none, and drop `v != v`. min(), max() and clamp() of NaN are
// left to the device. What has to keep NaN compares so that NaN passes (`select(v, low, v < low)`, `lib/cheap.wgsl`), or asks
// here.
fn is_nan(v: f32) -> bool { return (bitcast<u32>(v) & 0x7fffffffu) > 0x7f800000u; }
fn is_nan3(v: vec3f) -> vec3<bool> { return (bitcast<vec3u>(v) & vec3u(0x7fffffffu)) > vec3u(0x7f800000u); }

// y, or NaN where a parameter is NaN that y is only compared with.
fn unless_nan(y: vec3f, p: f32) -> vec3f { return select(y, vec3f(p), is_nan(p)); }

// Neither NaN nor infinite.
fn is_finite3(v: vec3f) -> vec3<bool> { return (bitcast<vec3u>(v) & vec3u(0x7f800000u)) < vec3u(0x7f800000u); }

// Nothing up to here overflows when it is multiplied by a size and added up. In bits: 1e34.
const HUGE: u32 = 0x77f684dfu;

fn are_numbers(v: vec3f) -> bool {
  let bits = bitcast<vec3u>(v) & vec3u(0x7fffffffu);
  return all(bits < vec3u(HUGE));
}

// NaN, from a number that the compiler does not know.
fn nan_from(v: f32) -> f32 { return bitcast<f32>(bitcast<u32>(v) | 0x7fc00000u); }
