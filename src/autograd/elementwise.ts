import { ArgumentError, describe } from "../gpu/index.ts";
import { broadcastShapes, type Tensor } from "../tensor/index.ts";
import { sumTo } from "./folds.ts";
import { record } from "./graph.ts";
import { type BinaryOp, binaryKernel, ternary, type UnaryOp, unary } from "./kernels.ts";
import { checkOperand, checkTensor, checkTogether, type Operand, shapeOf } from "./operands.ts";

/** op(a, b) with broadcasting, outside of any graph. At least one operand is a tensor. */
export function binary(op: BinaryOp, a: Operand, b: Operand): Tensor {
  const tensors = [a, b].filter((x): x is Tensor => typeof x !== "number");
  checkTogether(tensors, op, "ab"[Number(typeof a === "number")]);
  return binaryKernel(op, a, b, broadcastShapes(shapeOf(a), shapeOf(b), `a and b of ${op}()`));
}

/** The gradient of a unary function, from that of its result and a saved value. */
interface UnaryRule {
  /** What its gradient needs: the input, the result, or neither. */
  saves: "x" | "y" | null;
  grad: (g: Tensor, saved: Tensor) => Tensor;
}

const from = (op: BinaryOp, saves: "x" | "y"): UnaryRule => ({
  saves,
  grad: (g, saved) => binaryKernel(op, g, saved, g.sizes),
});

/** op(g, factor), of a factor that nothing else needs. */
function through(op: BinaryOp, g: Tensor, factor: Tensor): Tensor {
  const made = binaryKernel(op, g, factor, g.sizes);
  factor.dispose();
  return made;
}

type Function = Exclude<UnaryOp, "clamp" | "sign" | "floor">;

const UNARY: Record<Function, UnaryRule> = {
  neg: { saves: null, grad: (g) => unary("neg", g) },
  exp: from("mul", "y"),
  log: from("div", "x"),
  sqrt: from("sqrtGrad", "y"),
  square: from("squareGrad", "x"),
  abs: from("absGrad", "x"),
  sin: from("sinGrad", "x"),
  cos: from("cosGrad", "x"),
  tanh: from("tanhGrad", "y"),
  sigmoid: from("sigmoidGrad", "y"),
  relu: from("reluGrad", "x"),
  softplus: from("softplusGrad", "x"),
  expm1: { saves: "x", grad: (g, x) => through("mul", g, unary("exp", x)) },
  log1p: { saves: "x", grad: (g, x) => through("div", g, binaryKernel("add", x, 1, x.shape)) },
};

function unaryOperation(name: Function, x: Tensor): Tensor {
  checkTogether([x], name);
  const rule = UNARY[name];
  const y = unary(name, x);
  const saved = rule.saves === "x" ? [x] : rule.saves === "y" ? [y] : [];
  return record(name, [x], { shape: x.sizes, storage: takeStorage(y) }, saved, (g, [v]) => [rule.grad(g, v)]);
}

/** The storage of a tensor that is about to get another face. */
function takeStorage(y: Tensor) {
  y.gpu.untrack(y);
  return y.storage;
}

/** −x */
export const neg = (x: Tensor): Tensor => unaryOperation("neg", x);
/** e^x */
export const exp = (x: Tensor): Tensor => unaryOperation("exp", x);
/** The natural logarithm: −∞ at 0, NaN below. */
export const log = (x: Tensor): Tensor => unaryOperation("log", x);
/** e^x − 1, exact near 0 */
export const expm1 = (x: Tensor): Tensor => unaryOperation("expm1", x);
/** ln(1 + x), exact near 0: −∞ at −1, NaN below. */
export const log1p = (x: Tensor): Tensor => unaryOperation("log1p", x);
/** √x; the gradient at 0 is infinite. */
export const sqrt = (x: Tensor): Tensor => unaryOperation("sqrt", x);
/** x² */
export const square = (x: Tensor): Tensor => unaryOperation("square", x);
/** |x|; the gradient at 0 is 0, and NaN at NaN. */
export const abs = (x: Tensor): Tensor => unaryOperation("abs", x);
/**
 * −1 below 0, 0 at 0, 1 above; NaN stays NaN. The result is a constant, as that of {@link greater}: the derivative is 0
 * wherever there is one, so none is carried along. For a straight-through estimator write `add(x, sub(sign(x), x).detach())`.
 */
export function sign(x: Tensor): Tensor {
  checkTogether([x], "sign");
  return unary("sign", x);
}
/**
 * The largest whole number that is not above x; NaN stays NaN. The result is a constant, as that of {@link sign}: for a straight-through
 * estimator write `add(x, sub(floor(x), x).detach())`.
 */
export function floor(x: Tensor): Tensor {
  checkTogether([x], "floor");
  return unary("floor", x);
}
/** sin x, x in radians */
export const sin = (x: Tensor): Tensor => unaryOperation("sin", x);
/** cos x, x in radians */
export const cos = (x: Tensor): Tensor => unaryOperation("cos", x);
/** tanh x */
export const tanh = (x: Tensor): Tensor => unaryOperation("tanh", x);
/** 1 / (1 + e^−x) */
export const sigmoid = (x: Tensor): Tensor => unaryOperation("sigmoid", x);
/** The greater of x and 0; NaN stays NaN. The gradient at 0 is 0. */
export const relu = (x: Tensor): Tensor => unaryOperation("relu", x);
/** ln(1 + e^x) */
export const softplus = (x: Tensor): Tensor => unaryOperation("softplus", x);

/**
 * min(max(x, lo), hi). The gradient is 1 from `lo` to `hi`, bounds included, and 0 outside. A bound may be infinite.
 * @throws ArgumentError when a bound is NaN, or lo > hi
 */
export function clamp(x: Tensor, lo: number, hi: number): Tensor {
  checkTogether([x], "clamp");
  for (const [argument, bound] of [
    ["lo", lo],
    ["hi", hi],
  ] as const) {
    if (typeof bound !== "number" || Number.isNaN(bound))
      throw new ArgumentError(`${argument} of clamp()`, describe(bound), "a number");
  }
  if (lo > hi) throw new ArgumentError("lo of clamp()", `${lo} with hi = ${hi}`, "a number no greater than hi");
  const y = unary("clamp", x, lo, hi);
  const pull = (g: Tensor, v: Tensor) => [binaryKernel("clampGrad", g, v, g.shape, lo, hi)];
  return record("clamp", [x], { shape: x.shape, storage: takeStorage(y) }, [x], (g, [v]) => pull(g, v));
}

type Arithmetic = "add" | "sub" | "mul" | "div" | "pow" | "maximum" | "minimum" | "atan2";

/** The gradient in one operand, in the shape of the result, and the operands that it needs. */
interface Part {
  needs: "" | "a" | "b" | "ab";
  grad: (g: Tensor, a: Operand, b: Operand) => Tensor;
}

/** −x, of an x that nothing else needs. */
function negated(x: Tensor): Tensor {
  const made = unary("neg", x);
  x.dispose();
  return made;
}

const BINARY: Record<Arithmetic, { a: Part; b: Part }> = {
  add: { a: { needs: "", grad: (g) => g.detach() }, b: { needs: "", grad: (g) => g.detach() } },
  sub: { a: { needs: "", grad: (g) => g.detach() }, b: { needs: "", grad: (g) => unary("neg", g) } },
  mul: {
    a: { needs: "b", grad: (g, _, b) => binaryKernel("mul", g, b, g.sizes) },
    b: { needs: "a", grad: (g, a) => binaryKernel("mul", g, a, g.sizes) },
  },
  div: {
    a: { needs: "b", grad: (g, _, b) => binaryKernel("div", g, b, g.sizes) },
    b: { needs: "ab", grad: (g, a, b) => ternary("divGrad", g, a, b, g.sizes) },
  },
  pow: {
    a: { needs: "ab", grad: (g, a, b) => ternary("powGrad", g, a, b, g.sizes) },
    b: { needs: "ab", grad: (g, a, b) => ternary("powGradExponent", g, a, b, g.sizes) },
  },
  maximum: {
    a: { needs: "ab", grad: (g, a, b) => ternary("maximumGrad", g, a, b, g.sizes) },
    b: { needs: "ab", grad: (g, a, b) => ternary("maximumGrad", g, b, a, g.sizes) },
  },
  minimum: {
    a: { needs: "ab", grad: (g, a, b) => ternary("minimumGrad", g, a, b, g.sizes) },
    b: { needs: "ab", grad: (g, a, b) => ternary("minimumGrad", g, b, a, g.sizes) },
  },
  atan2: {
    a: { needs: "ab", grad: (g, a, b) => ternary("atan2Grad", g, a, b, g.sizes) },
    b: { needs: "ab", grad: (g, a, b) => negated(ternary("atan2Grad", g, b, a, g.sizes)) },
  },
};

/** Checks both operands, and that one of them is a tensor. */
function checkPair(name: string, a: Operand, b: Operand): Tensor[] {
  checkOperand(a, name, "a");
  checkOperand(b, name, "b");
  const tensors = [a, b].filter((x): x is Tensor => typeof x !== "number");
  if (tensors.length === 0) throw new ArgumentError(`a and b of ${name}()`, "two numbers", "at least one tensor");
  checkTogether(tensors, name);
  return tensors;
}

function arithmetic(name: Arithmetic, a: Operand, b: Operand): Tensor {
  const inputs = checkPair(name, a, b);
  const y = binary(name, a, b);
  const wants = [a, b].map((x) => typeof x !== "number" && x.requiresGrad);
  const rule = BINARY[name];
  const needed = (wants[0] ? rule.a.needs : "") + (wants[1] ? rule.b.needs : "");
  // Only what the wanted gradients need is kept; an operand that none needs goes in as 0.
  const saved: Tensor[] = [];
  const keep = (x: Operand, letter: string) => {
    if (typeof x === "number") return () => x;
    if (!needed.includes(letter)) return () => 0;
    const at = saved.push(x) - 1;
    return (kept: readonly Tensor[]) => kept[at];
  };
  const keptA = keep(a, "a");
  const keptB = keep(b, "b");
  const shapes = inputs.map((x) => x.sizes);
  const parts = typeof a === "number" ? [rule.b] : [rule.a, rule.b];
  return record(name, inputs, { shape: y.sizes, storage: takeStorage(y) }, saved, (g, kept, needs) =>
    inputs.map((_, i) => (needs[i] ? sumTo(parts[i].grad(g, keptA(kept), keptB(kept)), shapes[i]) : null)),
  );
}

/** a + b */
export const add = (a: Operand, b: Operand): Tensor => arithmetic("add", a, b);
/** a − b */
export const sub = (a: Operand, b: Operand): Tensor => arithmetic("sub", a, b);
/** a · b */
export const mul = (a: Operand, b: Operand): Tensor => arithmetic("mul", a, b);
/** a / b */
export const div = (a: Operand, b: Operand): Tensor => arithmetic("div", a, b);
/** a^b; NaN where a < 0 and b is not whole. The gradient in b is 0 where a is 0. */
export const pow = (a: Operand, b: Operand): Tensor => arithmetic("pow", a, b);
/** The angle of the point (b, a) in radians, −π to π; 0 of (0, 0), where it has no gradient: NaN. */
export const atan2 = (a: Operand, b: Operand): Tensor => arithmetic("atan2", a, b);
/**
 * The greater of a and b, value by value; they broadcast. NaN where either is NaN. Where they are equal each gets half of
 * the gradient, as in PyTorch. For the greatest value of one tensor see {@link max}.
 */
export const maximum = (a: Operand, b: Operand): Tensor => arithmetic("maximum", a, b);
/**
 * The lesser of a and b, value by value; they broadcast. NaN where either is NaN. Where they are equal each gets half of
 * the gradient, as in PyTorch. For the least value of one tensor see {@link min}.
 */
export const minimum = (a: Operand, b: Operand): Tensor => arithmetic("minimum", a, b);

type Comparison = "greater" | "greaterEqual" | "less" | "lessEqual" | "equal";

/** 1 where it holds and 0 elsewhere: a constant, through which no gradient flows. */
function compare(name: Comparison, a: Operand, b: Operand): Tensor {
  checkPair(name, a, b);
  return binary(name, a, b);
}

/** 1 where a > b, else 0; a constant. */
export const greater = (a: Operand, b: Operand): Tensor => compare("greater", a, b);
/** 1 where a ≥ b, else 0; a constant. */
export const greaterEqual = (a: Operand, b: Operand): Tensor => compare("greaterEqual", a, b);
/** 1 where a < b, else 0; a constant. */
export const less = (a: Operand, b: Operand): Tensor => compare("less", a, b);
/** 1 where a ≤ b, else 0; a constant. */
export const lessEqual = (a: Operand, b: Operand): Tensor => compare("lessEqual", a, b);
/** 1 where a = b, else 0; a constant. */
export const equal = (a: Operand, b: Operand): Tensor => compare("equal", a, b);

/** a where the condition is not 0, else b; all three broadcast. The condition gets no gradient: it must not require one. */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  checkTensor(condition, "where", "condition");
  if (condition.requiresGrad) {
    throw new ArgumentError(
      "condition of where()",
      "a tensor that requires a gradient",
      "a constant, as from greater() or detach(): a choice has no gradient",
    );
  }
  checkOperand(a, "where", "a");
  checkOperand(b, "where", "b");
  const inputs = [a, b].filter((x): x is Tensor => typeof x !== "number");
  checkTogether([condition, ...inputs], "where", "condition");
  const shape = broadcastShapes(
    condition.shape,
    broadcastShapes(shapeOf(a), shapeOf(b), "a and b of where()"),
    "condition and values of where()",
  );
  const y = ternary("where", condition, a, b, shape);
  const shapes = inputs.map((x) => x.shape);
  const first = typeof a === "number" ? 1 : 0;
  return record(
    "where",
    inputs.length ? inputs : [condition],
    { shape, storage: takeStorage(y) },
    [condition],
    (g, [c], needs) =>
      shapes.map((to, i) => {
        if (!needs[i]) return null;
        const chosen = i + first === 0 ? ternary("where", c, g, 0, shape) : ternary("where", c, 0, g, shape);
        return sumTo(chosen, to);
      }),
  );
}
