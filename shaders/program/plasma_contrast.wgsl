// y = clip((x − ½) · factor · field + ½)
import package::program::plasma::{ Back, Values };

fn change(x: f32, field: f32, v: Values) -> f32 { return (x - 0.5) * (v.first * field) + 0.5; }

fn back(x: f32, field: f32, v: Values) -> Back {
  return Back(change(x, field, v), v.first * field, (x - 0.5) * v.first, (x - 0.5) * field, 0.0);
}
