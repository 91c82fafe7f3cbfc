// One of the places that a mix looks at: a pixel of one of its samples, 0 being the own one, and which share of it is taken.
import package::lib::pixel::Pixel;

struct Tap { source: u32, at: Pixel, share: f32 }

// Where nothing is there to be seen: 0, and no gradient.
const NOTHING: u32 = 0xffffffffu;
