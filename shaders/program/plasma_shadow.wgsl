// y = clip(x + shadeIntensity) where field < shadeQuantity, else clip(x)
import package::lib::cheap::within;
import package::lib::nan::is_nan;
import package::program::plasma::{ Back, Values };

// NaN where either is that is only compared.
fn change(x: f32, field: f32, v: Values) -> f32 {
  let y = select(x, x + v.first, field < v.second);
  return select(select(y, v.second, is_nan(v.second)), field, is_nan(field));
}

// Whether a pixel is shaded is a step in the field and in the quantity. By estimator:
// straightThrough: the step m moves as quantity − field does
@if(straightThrough)
fn back(x: f32, field: f32, v: Values) -> Back {
  return Back(change(x, field, v), 1.0, -v.first, select(0.0, 1.0, field < v.second), v.first);
}
// none: neither has a gradient
@if(none)
fn back(x: f32, field: f32, v: Values) -> Back {
  return Back(change(x, field, v), 1.0, 0.0, select(0.0, 1.0, field < v.second), 0.0);
}
// soft: x + m · intensity, m = sigmoid((quantity − field) / softness)
@if(soft)
fn back(x: f32, field: f32, v: Values) -> Back {
  let m = 1.0 / (1.0 + exp(within((field - v.second) / v.softness, -80.0, 80.0)));
  let slope = v.first * m * (1.0 - m) / v.softness;
  return Back(x + m * v.first, 1.0, -slope, m, slope);
}
