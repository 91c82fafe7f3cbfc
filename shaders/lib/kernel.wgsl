// The interpolation kernels: how many taps, where the first one lies, and their weights at a fraction of a pixel.

@if(nearest) const TAPS: i32 = 1;
@if(bilinear) const TAPS: i32 = 2;
@if(bicubic) const TAPS: i32 = 4;

// The first tap, counted from `base`.
@if(!bicubic) const FIRST: i32 = 0;
@if(bicubic) const FIRST: i32 = -1;

// Half the width of the kernel's support.
@if(nearest) const RADIUS: f32 = 0.5;
@if(bilinear) const RADIUS: f32 = 1.0;
@if(bicubic) const RADIUS: f32 = 2.0;

@if(nearest) fn base(pos: vec2f) -> vec2f { return floor(pos + 0.5); }
@if(!nearest) fn base(pos: vec2f) -> vec2f { return floor(pos); }

@if(nearest) fn weights(f: f32) -> vec4f { return vec4f(1.0, 0.0, 0.0, 0.0); }
@if(bilinear) fn weights(f: f32) -> vec4f { return vec4f(1.0 - f, f, 0.0, 0.0); }

// Derivative of the weights by the position; nearest borrows bilinear's.
@if(!bicubic) fn slopes(f: f32) -> vec4f { return vec4f(-1.0, 1.0, 0.0, 0.0); }

// Keys' cubic convolution, a = −0.75.
@if(bicubic) const A: f32 = -0.75;

@if(bicubic) fn near(t: f32) -> f32 { return ((A + 2.0) * t - (A + 3.0)) * t * t + 1.0; }
@if(bicubic) fn far(t: f32) -> f32 { return ((A * t - 5.0 * A) * t + 8.0 * A) * t - 4.0 * A; }
@if(bicubic) fn near_slope(t: f32) -> f32 { return (3.0 * (A + 2.0) * t - 2.0 * (A + 3.0)) * t; }
@if(bicubic) fn far_slope(t: f32) -> f32 { return (3.0 * A * t - 10.0 * A) * t + 8.0 * A; }

@if(bicubic)
fn weights(f: f32) -> vec4f { return vec4f(far(1.0 + f), near(f), near(1.0 - f), far(2.0 - f)); }

@if(bicubic)
fn slopes(f: f32) -> vec4f { return vec4f(far_slope(1.0 + f), near_slope(f), -near_slope(1.0 - f), -far_slope(2.0 - f)); }
