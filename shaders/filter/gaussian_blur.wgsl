// The Gaussian window: weight exp(−t² / 2σ²) at a distance of t pixels, normalised by the pass that uses it.

fn weight(t: f32, sigma: f32) -> f32 { return exp(-0.5 * t * t / (sigma * sigma)); }

// dw / dσ = w · t² / σ³
fn slope(t: f32, sigma: f32) -> f32 { return weight(t, sigma) * t * t / (sigma * sigma * sigma); }
