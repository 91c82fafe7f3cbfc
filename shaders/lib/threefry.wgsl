// Threefry 2x32 (Random123): with 20 rounds, as JAX has it, equal bits to src/augment/threefry.ts; and with 13.
// SwiftShader shifts the lanes of a register one by one, which takes as long as 15 additions: there a shift to the left is a
// product, and one to the right goes through a float, or two where it leaves more than 22 bits. GPUs make shifts of products again.

// Some bits of v, `chosen`, as the lower ones: a float holds so few exactly, signed, and its mantissa behind 1.5 · 2²³ is the whole
// number again.
fn lowered(v: u32, chosen: u32, scale: f32, lower: u32) -> u32 {
  return bitcast<u32>(f32(bitcast<i32>(v & chosen)) * scale + 12582912.0) & lower;
}

fn upper13(v: u32) -> u32 { return lowered(v, 0xfff80000u, 1.9073486328125e-6, 0x1fffu); }

fn left6(v: u32) -> u32 { return (v * 0x40u) | lowered(v, 0xfc000000u, 1.4901161193847656e-8, 0x3fu); }
fn left13(v: u32) -> u32 { return (v * 0x2000u) | upper13(v); }
fn left15(v: u32) -> u32 { return (v * 0x8000u) | lowered(v, 0xfffe0000u, 7.62939453125e-6, 0x7fffu); }
fn left16(v: u32) -> u32 { return (v * 0x10000u) | lowered(v, 0xffff0000u, 1.52587890625e-5, 0xffffu); }
fn left17(v: u32) -> u32 { return (v * 0x20000u) | lowered(v, 0xffff8000u, 3.0517578125e-5, 0x1ffffu); }
fn left24(v: u32) -> u32 { return (v * 0x1000000u) | (upper13(v) * 0x800u) | lowered(v, 0x7ff00u, 0.00390625, 0x7ffu); }
fn left26(v: u32) -> u32 { return (v * 0x4000000u) | (upper13(v) * 0x2000u) | lowered(v, 0x7ffc0u, 0.015625, 0x1fffu); }
fn left29(v: u32) -> u32 { return (v * 0x20000000u) | (upper13(v) * 0x10000u) | lowered(v, 0x7fff8u, 0.125, 0xffffu); }

fn even_rounds(v: vec2u) -> vec2u {
  let a = v.x + v.y;
  let b = left13(v.y) ^ a;
  let c = a + b;
  let d = left15(b) ^ c;
  let e = c + d;
  let f = left26(d) ^ e;
  let g = e + f;
  return vec2u(g, left6(f) ^ g);
}

fn odd_rounds(v: vec2u) -> vec2u {
  let a = v.x + v.y;
  let b = left17(v.y) ^ a;
  let c = a + b;
  let d = left29(b) ^ c;
  let e = c + d;
  let f = left16(d) ^ e;
  let g = e + f;
  return vec2u(g, left24(f) ^ g);
}

// The first twelve rounds, with what is added behind every fourth.
fn twelve_rounds(key: vec2u, k2: u32, counter: vec2u) -> vec2u {
  let a = even_rounds(counter + key) + vec2u(key.y, k2 + 1u);
  let b = odd_rounds(a) + vec2u(k2, key.x + 2u);
  return even_rounds(b) + vec2u(key.x, key.y + 3u);
}

// The block function: encrypts `counter` under `key`.
fn threefry2x32(key: vec2u, counter: vec2u) -> vec2u {
  let k2 = 0x1bd11bdau ^ key.x ^ key.y;
  let c = twelve_rounds(key, k2, counter);
  let d = odd_rounds(c) + vec2u(key.y, k2 + 4u);
  return even_rounds(d) + vec2u(k2, key.x + 5u);
}

// The same with 13 rounds, from which on its authors know of no statistical flaw (Random123, threefry.h); the others are a margin.
fn threefry2x32_13(key: vec2u, counter: vec2u) -> vec2u {
  let c = twelve_rounds(key, 0x1bd11bdau ^ key.x ^ key.y, counter);
  let x = c.x + c.y;
  return vec2u(x, left17(c.y) ^ x);
}

// The upper 24 bits as a number in [0, 1), a multiple of 2^-24.
fn unit_float(bits: u32) -> f32 {
  return f32(bits >> 8u) * 5.9604644775390625e-8;
}
