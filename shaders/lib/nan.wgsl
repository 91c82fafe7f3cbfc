// NaN by its bits: a compiler may take for granted that there is none, and drop `v != v`. min(), max() and clamp() of NaN are
// left to the device. What has to keep NaN compares so that NaN passes (`select(v, low, v < low)`, `lib/cheap.wgsl`), or asks
// here.
fn is_nan(v: f32) -> bool { return (bitcast<u32>(v) & 0x7fffffffu) > 0x7f800000u; }
fn is_nan3(v: vec3f) -> vec3<bool> { return (bitcast<vec3u>(v) & vec3u(0x7fffffffu)) > vec3u(0x7f800000u); }

// Neither NaN nor infinite.
fn is_finite3(v: vec3f) -> vec3<bool> { return (bitcast<vec3u>(v) & vec3u(0x7f800000u)) < vec3u(0x7f800000u); }
