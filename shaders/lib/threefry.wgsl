// Threefry 2x32 with 20 rounds (Random123, JAX); equal bits to src/augment/threefry.ts.

fn threefry_mix(v: vec2u, rotation: u32) -> vec2u {
  let x = v.x + v.y;
  return vec2u(x, ((v.y << rotation) | (v.y >> (32u - rotation))) ^ x);
}

fn threefry_even(v: vec2u) -> vec2u {
  let a = threefry_mix(v, 13u);
  let b = threefry_mix(a, 15u);
  let c = threefry_mix(b, 26u);
  return threefry_mix(c, 6u);
}

fn threefry_odd(v: vec2u) -> vec2u {
  let a = threefry_mix(v, 17u);
  let b = threefry_mix(a, 29u);
  let c = threefry_mix(b, 16u);
  return threefry_mix(c, 24u);
}

// The block function: encrypts `counter` under `key`.
fn threefry2x32(key: vec2u, counter: vec2u) -> vec2u {
  let k2 = 0x1bd11bdau ^ key.x ^ key.y;
  let a = threefry_even(counter + key) + vec2u(key.y, k2 + 1u);
  let b = threefry_odd(a) + vec2u(k2, key.x + 2u);
  let c = threefry_even(b) + vec2u(key.x, key.y + 3u);
  let d = threefry_odd(c) + vec2u(key.y, k2 + 4u);
  return threefry_even(d) + vec2u(k2, key.x + 5u);
}

// The upper 24 bits as a number in [0, 1), a multiple of 2^-24.
fn unit_float(bits: u32) -> f32 {
  return f32(bits >> 8u) * 5.9604644775390625e-8;
}
