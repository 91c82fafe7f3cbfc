// x' = W − 1 − x, y' = H − 1 − y
import package::lib::frame::Frame;
import package::lib::turn::turned;

struct Params { none: f32 }

fn matrix(p: Params, f: Frame) -> mat3x3f { return turned(2.0, f); }

fn backward(p: Params, f: Frame, gm: mat3x3f, gp: ptr<function, Params>) { }
