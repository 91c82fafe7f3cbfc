// A tensor seen along one axis: [outer][length][inner]. Rows of an image have inner 1, columns have inner W.
struct Line {
  outer: u32, length: u32, inner: u32,
  // Outer positions per sample, and which axis of the table to use.
  per_sample: u32, axis: u32, taps: u32, radius: u32, threads: u32,
}
