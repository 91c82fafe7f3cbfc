/** What a WGSL module offers: the fields of its structs, and what its functions take and give. */
export interface Reflection {
  structs: Record<string, Record<string, string>>;
  functions: Record<string, { params: string[]; result: string }>;
}

/**
 * Reads a module's declarations; null where its brackets do not match, which compiling it will tell with more skill. It is no
 * parser, because it looks at heads alone: what stands in a body is the compiler's business.
 */
export function reflect(wgsl: string): Reflection | null {
  const text = withoutComments(wgsl);
  const found: Reflection = { structs: {}, functions: {} };
  let at = 0;
  while (true) {
    const head = nextHead(text, at);
    if (!head) break;
    const open = text.indexOf(head.kind === "fn" ? "(" : "{", head.end);
    const close = open < 0 ? -1 : closing(text, open);
    if (close < 0) return null;
    const inside = entries(text.slice(open + 1, close)).map(nameAndType);
    if (head.kind === "struct") {
      found.structs[head.name] = Object.fromEntries(inside);
      at = close;
      continue;
    }
    const body = text.indexOf("{", close);
    const result = body < 0 ? "" : text.slice(close + 1, body);
    at = body < 0 ? -1 : closing(text, body);
    if (at < 0) return null;
    found.functions[head.name] = {
      params: inside.map(([, type]) => type),
      result: plainType(result.replace("->", "")),
    };
  }
  return balanced(text) ? found : null;
}

/** Comments become blanks; block comments nest. */
function withoutComments(wgsl: string): string {
  let depth = 0;
  return wgsl.replaceAll(/\/\*|\*\/|\/\/.*|[\s\S]/g, (token) => {
    if (token === "/*") depth++;
    if (token === "*/" && depth > 0) {
      depth--;
      return " ";
    }
    return depth > 0 || (token.length > 1 && token.startsWith("//")) ? " " : token;
  });
}

const HEAD = /\b(fn|struct)\s+([\p{XID_Start}_][\p{XID_Continue}]*)/gu;

/** The next function or struct at the top: what lies in brackets was passed over. */
function nextHead(text: string, from: number): { kind: "fn" | "struct"; name: string; end: number } | null {
  HEAD.lastIndex = from;
  const match = HEAD.exec(text);
  return match && { kind: match[1] as "fn" | "struct", name: match[2], end: HEAD.lastIndex };
}

const PAIRS: Record<string, string> = { "(": ")", "[": "]", "{": "}" };

/** Where the bracket at `open` closes, or -1. */
function closing(text: string, open: number): number {
  const waiting: string[] = [];
  for (let i = open; i < text.length; i++) {
    const letter = text[i];
    if (letter in PAIRS) waiting.push(PAIRS[letter]);
    else if (")]}".includes(letter)) {
      if (waiting.pop() !== letter) return -1;
      if (waiting.length === 0) return i;
    }
  }
  return -1;
}

const balanced = (text: string): boolean => closing(`(${text})`, 0) === text.length + 1;

/** A list at its commas, but for those in brackets and templates: `a: array<f32, 3>, b: f32`. */
function entries(list: string): string[] {
  const found = [""];
  let depth = 0;
  for (const letter of list) {
    if ("(<[".includes(letter)) depth++;
    if (")>]".includes(letter)) depth--;
    if (letter === "," && depth === 0) found.push("");
    else found[found.length - 1] += letter;
  }
  return found.filter((entry) => entry.trim());
}

/** `@align(16) a: vec3<f32>` is a of vec3f. */
function nameAndType(entry: string): [name: string, type: string] {
  const colon = entry.indexOf(":");
  const name = entry.slice(0, colon < 0 ? undefined : colon).replaceAll(/@\w+(\s*\([^)]*\))?/g, "");
  return [name.trim(), colon < 0 ? "" : plainType(entry.slice(colon + 1))];
}

/** One spelling of a type: `vec3<f32>` and `vec3f` are the same. */
const plainType = (type: string): string =>
  type
    .replaceAll(/@\w+(\s*\([^)]*\))?/g, "")
    .replaceAll(/\s+/g, "")
    .replaceAll(/\b(vec[234]|mat[234]x[234])<f32>/g, "$1f")
    .replaceAll(/(\d)u\b/g, "$1");
