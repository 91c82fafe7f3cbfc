// Rain: lines of points from a place to one `height` below it and `width` beside it, both ends taken, their coordinates truncated. A line has
// as many points as its longer side is long, so that one is missing where it is not broken; or one more.

// `fields` are the masks of a sample: one, or one for each channel where the drops' places are. `marks` threads make them; `threads` leave sums.
// Rows of the parameters, each with `first`: the numbers of drops, of their sides, the value, and the words of the seed, or two lists.
struct Shape {
  samples: u32, channels: u32, height: u32, width: u32, fields: u32, marks: u32, threads: u32, gaps: u32,
  drops_row: u32, height_row: u32, width_row: u32, value_row: u32,
  seed_row: u32, x_row: u32, y_row: u32, x_length: u32, y_length: u32, x_lists: u32, y_lists: u32,
}

// Where a line of `size` points has point i along a side.
fn along(i: i32, side: i32, size: i32) -> i32 { return select(0, (i * side) / max(size - 1, 1), size > 1); }

// How many points a line has.
fn points_of(down: i32, across: i32, gaps: bool) -> i32 { return max(abs(down), abs(across)) + select(1, 0, gaps); }

// A whole number from a tensor; 0 where there is none.
fn whole_number(v: f32, most: f32) -> i32 { return select(0, i32(v), (v >= -most) & (v <= most)); }
