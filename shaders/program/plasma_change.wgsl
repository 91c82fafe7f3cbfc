// What a field makes of an image: the part that transforms with a plasma have in common.
@if(brightness) import package::program::plasma_brightness::{ back, change };
@if(contrast) import package::program::plasma_contrast::{ back, change };
@if(shadow) import package::program::plasma_shadow::{ back, change };
import package::lib::cheap::within;
import package::program::plasma::{ Back, Shape, Values };

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> params: array<f32>;
@group(0) @binding(2) var<storage, read> fields: array<f32>;
@group(0) @binding(3) var<storage, read> x: array<f32>;

fn values_of(n: u32) -> Values {
  return Values(params[shape.samples + n], params[2u * shape.samples + n], shape.softness);
}

// Where the field of channel `plane` of all samples begins.
fn field_of(plane: u32) -> u32 {
  let n = plane / shape.channels;
  return (n * shape.fields + min(plane - n * shape.channels, shape.fields - 1u)) * shape.height * shape.width;
}

fn changed(v: f32, field: f32, values: Values) -> f32 {
  let y = change(v, field, values);
  return select(y, within(y, 0.0, 1.0), shape.clips == 1u);
}

// The derivatives; all 0 where the value was clipped off.
fn back_of(v: f32, field: f32, values: Values) -> Back {
  let b = back(v, field, values);
  if ((shape.clips == 0u) | ((b.value >= 0.0) & (b.value <= 1.0))) { return b; }
  return Back(b.value, 0.0, 0.0, 0.0, 0.0);
}
