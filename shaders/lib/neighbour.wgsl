// One of the neighbours that an output pixel looks at: how far it lies to the right and below, in pixels, and the size of the
// kernel.
struct Neighbour { x: f32, y: f32, width: f32, height: f32 }
