// A batch seen along one axis of its images: [outer][length][inner]. Rows have inner 1, columns have inner W.
struct Line {
  outer: u32, length: u32, inner: u32,
  // Outer positions per sample, and which axis of the table to use.
  per_sample: u32, axis: u32, taps: u32, radius: u32, threads: u32,
}

// Up to four neighbours of one row of pixels: `start` is where the line of the first one begins, `i` its place on it.
struct Part { start: u32, i: i32, count: u32, weights: u32 }

// The parts are counted along the contiguous axis, so that none runs over the end of a row.
fn part_of(index: u32, line: Line) -> Part {
  let columns = line.inner > 1u;
  let row = select(line.length, line.inner, columns);
  let parts = (row + 3u) / 4u;
  let rows = line.outer * select(1u, line.length, columns);
  let r = index / parts;
  if (r >= rows) { return Part(0u, 0, 0u, 0u); }
  let first = (index - r * parts) * 4u;
  let count = min(4u, row - first);
  let o = select(r, r / line.length, columns);
  let weights = ((o / line.per_sample) * 2u + line.axis) * 2u * line.taps;
  if (columns) { return Part(o * line.length * line.inner + first, i32(r - o * line.length), count, weights); }
  return Part(o * line.length, i32(first), count, weights);
}
