// Up to three channels of one image, in a buffer: where the first one begins, how far it is to the next, both in elements of
// the buffer, and how many there are. A thread asks for it once; reading the sizes from the uniform at every pixel costs.
struct Plane { first: u32, step: u32, lanes: u32, size: vec2u }
