// Luma of ITU-R BT.601.
const LUMA: vec3f = vec3f(0.299, 0.587, 0.114);

fn gray(x: vec3f) -> f32 { return dot(x, LUMA); }
