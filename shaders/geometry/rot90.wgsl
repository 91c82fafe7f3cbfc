// Quarter turns counter-clockwise: x' = y, y' = W − 1 − x, so many times
import package::lib::frame::Frame;
import package::lib::turn::{ quarter, turned };

struct Params { turns: f32 }

fn matrix(p: Params, f: Frame) -> mat3x3f { return turned(quarter(p.turns), f); }

fn backward(p: Params, f: Frame, gm: mat3x3f, gp: ptr<function, Params>) { }
