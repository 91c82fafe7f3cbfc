// The cosine transform of eight values, X[u] = a(u) / 2 · Σ x[i] · cos((2i + 1) u π / 16) with a(0) = 1 / √2, else 1; its inverse is its
// transpose. Frequencies of equal parity see the values mirrored with one sign, so that each half is a matrix of four by four.

// Eight values: the first four and the others; as frequencies, the even ones and the odd ones.
struct Octet { a: vec4f, b: vec4f }

// cos(k π / 16) / 2
const C1: f32 = 0.49039264020161522;
const C2: f32 = 0.46193976625564337;
const C3: f32 = 0.41573480615127262;
const C4: f32 = 0.35355339059327379;
const C5: f32 = 0.27778511650980109;
const C6: f32 = 0.19134171618254489;
const C7: f32 = 0.09754516100806414;

// A column for each of the first four values.
const EVEN: mat4x4f = mat4x4f(vec4f(C4, C2, C4, C6), vec4f(C4, C6, -C4, -C2), vec4f(C4, -C6, -C4, C2), vec4f(C4, -C2, C4, -C6));
const ODD: mat4x4f = mat4x4f(vec4f(C1, C3, C5, C7), vec4f(C3, -C7, -C1, -C5), vec4f(C5, -C1, C7, C3), vec4f(C7, -C5, C3, -C1));

fn cosines(v: Octet) -> Octet {
  let mirrored = v.b.wzyx;
  return Octet(EVEN * (v.a + mirrored), ODD * (v.a - mirrored));
}

fn values(f: Octet) -> Octet {
  let even = f.a * EVEN;
  let odd = f.b * ODD;
  return Octet(even + odd, (even - odd).wzyx);
}
