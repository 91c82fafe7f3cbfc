// The kernels of density estimation.
import package::lib::nan::is_nan;

// `kind` is 0: gaussian, exp(−u² / 2);  1: triangular, 1 − |u|;  2: uniform, 1;  3: epanechnikov, 1 − u²; the last three up to |u| = 1.

fn kernel_of(u: f32, kind: u32) -> f32 {
  if (kind == 0u) { return exp(-0.5 * u * u); }
  let a = abs(u);
  let inside = select(select(1.0, 1.0 - u * u, kind == 3u), 1.0 - a, kind == 1u);
  return select(select(0.0, inside, a <= 1.0), u, is_nan(u));
}

fn slope_of(u: f32, kind: u32) -> f32 {
  if (kind == 0u) { return -u * exp(-0.5 * u * u); }
  let inside = select(select(0.0, -2.0 * u, kind == 3u), -sign(u), kind == 1u);
  return select(select(0.0, inside, abs(u) <= 1.0), u, is_nan(u));
}
