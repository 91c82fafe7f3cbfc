// Logarithms to the last bits: WGSL's own may be wrong by 2⁻²¹ between 0.5 and 2, and by several units elsewhere.

// ln(1 + t) for |t| up to √2 − 1, from there on by way of 1 + t: 2 artanh(t / (2 + t)).
fn log_beside_one(t: f32) -> f32 {
  if (abs(t) > 0.4143) { return precise_log(1.0 + t); }
  return series(t);
}

fn series(t: f32) -> f32 {
  let f = t / (2.0 + t);
  let s = f * f;
  return 2.0 * f * (1.0 + s * (0.33333333 + s * (0.2 + s * (0.14285715 + s * (0.11111111 + s * (0.09090909 + s * 0.07692308))))));
}

// ln v, v > 0; of v ≤ 0 and of what is no number, WGSL's own.
fn precise_log(v: f32) -> f32 {
  if (!(v > 1e-37 && v < 1e37)) { return log(v); }
  let parts = frexp(v);
  let small = parts.fract < 0.70710678;
  let m = select(parts.fract, 2.0 * parts.fract, small);
  return series(m - 1.0) + f32(parts.exp - select(0, 1, small)) * 0.69314718056;
}
