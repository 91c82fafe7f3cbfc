// y = clip(x + (2 field − 1) · intensity)
import package::program::plasma::{ Back, Values };

fn change(x: f32, field: f32, v: Values) -> f32 { return x + (2.0 * field - 1.0) * v.first; }

fn back(x: f32, field: f32, v: Values) -> Back {
  return Back(change(x, field, v), 1.0, 2.0 * v.first, 2.0 * field - 1.0, 0.0);
}
