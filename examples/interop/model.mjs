// A model in ONNX's format, made by hand so that the page needs no file: y = 1 - 3 x, element by element.

const bytes = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
const text = (value) => new TextEncoder().encode(value);
const number = (value) => {
  const out = [];
  for (let rest = value; ; rest >>>= 7) {
    out.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) return Uint8Array.from(out);
  }
};
/** Protobuf: a field that is a number, and one that is a string, bytes or a message. */
const int = (field, value) => bytes(number(field << 3), number(value));
const chunk = (field, value) => bytes(number((field << 3) | 2), number(value.length), value);
const string = (field, value) => chunk(field, text(value));

const FLOAT = 1;
const constant = (name, value) =>
  bytes(int(2, FLOAT), string(8, name), chunk(9, new Uint8Array(Float32Array.of(value).buffer)));
const node = (op, inputs, output) => bytes(...inputs.map((name) => string(1, name)), string(2, output), string(4, op));
const dimension = (size) => chunk(1, typeof size === "number" ? int(1, size) : string(2, size));
const value = (name, shape) =>
  bytes(string(1, name), chunk(2, chunk(1, bytes(int(1, FLOAT), chunk(2, bytes(...shape.map(dimension)))))));

/** The model, for images of three channels and any size. */
export function model() {
  const shape = ["n", 3, "h", "w"];
  const graph = bytes(
    chunk(1, node("Mul", ["x", "three"], "scaled")),
    chunk(1, node("Sub", ["one", "scaled"], "y")),
    string(2, "affine"),
    chunk(5, constant("three", 3)),
    chunk(5, constant("one", 1)),
    chunk(11, value("x", shape)),
    chunk(12, value("y", shape)),
  );
  return bytes(int(1, 8), chunk(7, graph), chunk(8, int(2, 13)));
}
