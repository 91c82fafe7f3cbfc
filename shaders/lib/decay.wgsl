// 1 − e⁻ᵗ for t >= 0, exact where t is small, too. NaN passes.
import package::lib::cheap::at_most;

fn decay(t: f32) -> f32 {
  let small = t * (1.0 - t * (1.0 / 2.0) * (1.0 - t * (1.0 / 3.0) * (1.0 - t * (1.0 / 4.0) * (1.0 - t * (1.0 / 5.0)))));
  return select(1.0 - exp(-at_most(t, 80.0)), small, t < 0.0625);
}
