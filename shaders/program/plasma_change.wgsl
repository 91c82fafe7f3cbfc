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

// Up to four neighbouring pixels of a channel: of the image, where they begin and in its grid, and how many.
struct Four { n: u32, at: u32, in_field: u32, count: u32 }

// How many such fours a plane has.
fn fours() -> u32 { return shape.height * ((shape.width + 3u) / 4u); }

// The `k`-th of a plane, channel `c` of sample `n`.
fn four_of(n: u32, c: u32, k: u32) -> Four {
  let across = (shape.width + 3u) / 4u;
  let row = k / across;
  let column = (k - row * across) * 4u;
  let field = n * shape.fields + min(c, shape.fields - 1u);
  return Four(
    n,
    ((n * shape.channels + c) * shape.height + row) * shape.width + column,
    (field * shape.rows + row) * shape.columns + column,
    min(shape.width - column, 4u),
  );
}

// That of a thread, among those of all planes. Behind the last one `n` is no sample.
fn own_four(index: u32) -> Four {
  let each = fours();
  let plane = index / each;
  let n = plane / shape.channels;
  return four_of(n, plane - n * shape.channels, index - plane * each);
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
