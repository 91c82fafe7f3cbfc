// y = lambda · x + (1 − lambda) · x of the partner
import package::lib::frame::Frame;
import package::lib::pixel::Pixel;
import package::lib::tap::Tap;

struct Params { lambda: f32 }

fn share(source: u32, p: Params) -> f32 { return select(p.lambda, 1.0 - p.lambda, source == 1u); }

fn tap(i: u32, at: Pixel, p: Params, f: Frame) -> Tap { return Tap(i, at, share(i, p)); }

fn seen(i: u32, source: u32, at: Pixel, p: Params, f: Frame) -> Tap { return Tap(source, at, share(source, p)); }

fn backward(at: Pixel, p: Params, f: Frame, gs: array<f32, 2>, gp: ptr<function, Params>) {
  (*gp).lambda += gs[0] - gs[1];
}
