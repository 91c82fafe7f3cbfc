// Sizes before and after a map, in pixels.
struct Frame { width: f32, height: f32, out_width: f32, out_height: f32 }
