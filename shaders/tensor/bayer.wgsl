// What the kernels of colour filter arrays share.

// Sizes; the row and the column of the first red pixel.
struct Shape { samples: u32, height: u32, width: u32, red_row: u32, red_column: u32 }

// 0: red, 1: green, 2: blue
fn colour_at(row: u32, column: u32, s: Shape) -> u32 {
  let r = (row ^ s.red_row) & 1u;
  return r + ((column ^ s.red_column) & 1u);
}

// How much of a neighbour's value of that colour a pixel takes: all of its own, else the mean of those next to it.
fn weight(colour: u32, down: i32, across: i32) -> f32 {
  let steps = abs(down) + abs(across);
  if (colour == 1u) { return select(select(0.0, 0.25, steps == 1), 1.0, steps == 0); }
  return select(select(1.0, 0.5, steps == 1), 0.25, steps == 2);
}

// Beyond the image the pixel beside the border is seen again, which has the colour of the missing one.
fn mirrored(i: i32, size: u32) -> u32 {
  let last = i32(size) - 1;
  let low = abs(i);
  return u32(select(low, 2 * last - low, low > last));
}
