// Plasma: a random field by midpoint displacement (diamond, then square), from a grid of at most 3 x 3 points to one point a pixel. A new
// point is m + s (u − m), m being the mean of its four neighbours, u uniform and s = roughnessᵏ in step k: all values stay in 0..1.
// Along with the values go their derivatives by the roughness, behind them in the same buffer.

// How a step enlarges the grids: `rows` and `columns` of the coarse ones are at hand, of which the whole field has those up to `last_row`
// and `last_column`, and `out_rows` and `out_columns` of the fine ones, whose last ones have middles of cells alone beyond the `valid` ones.
// `fields` are those of a sample.
struct Step {
  samples: u32, fields: u32, number: u32,
  rows: u32, columns: u32, last_row: u32, last_column: u32,
  out_rows: u32, out_columns: u32, valid_rows: u32, valid_columns: u32,
}

// The image, and the last grids, `rows` by `columns`. `threads` are those of a sample that leave sums.
struct Shape {
  samples: u32, channels: u32, height: u32, width: u32,
  fields: u32, rows: u32, columns: u32, threads: u32, clips: u32, softness: f32,
}

// A power of the roughness, and its derivative. 0⁰ is 1, whatever a device's pow says.
fn strength(roughness: f32, step: u32) -> vec2f {
  var power = 1.0;
  for (var k = 1u; k < step; k++) { power *= roughness; }
  return vec2f(power * roughness, f32(step) * power);
}

// The two parameters beside the roughness.
struct Values { first: f32, second: f32, softness: f32 }

// What is differentiated, before it is clipped, and its derivatives by x, the field and the parameters.
struct Back { value: f32, x: f32, field: f32, first: f32, second: f32 }
