// Where a pixel is: its centre, x right, y down, on integers.
struct Pixel { x: f32, y: f32 }
