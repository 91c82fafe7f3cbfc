// All weights are equal.
fn weight(t: f32, width: f32) -> f32 { return 1.0; }
fn slope(t: f32, width: f32) -> f32 { return 0.0; }
