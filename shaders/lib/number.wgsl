// What is no number, told by its bits: a compiler may take it for granted that nothing is NaN.

// Nothing up to here overflows when it is multiplied by a size and added up. In bits: 1e34.
const HUGE: u32 = 0x77f684dfu;

fn are_numbers(v: vec3f) -> bool {
  let bits = bitcast<vec3u>(v) & vec3u(0x7fffffffu);
  return all(bits < vec3u(HUGE));
}

// NaN, from a number that the compiler does not know.
fn nan_from(v: f32) -> f32 { return bitcast<f32>(bitcast<u32>(v) | 0x7fc00000u); }
