import { describe, expect, test } from "vitest";
import { reflect } from "../../src/compiler/module.ts";
import { checkModule } from "../../src/compiler/reflect.ts";
import { hasModule, moduleSource } from "../../src/gpu/index.ts";
import * as transforms from "../../src/transforms/index.ts";
import { type Constructor, type Declaration, registry } from "../../src/transforms/index.ts";
import { cases, mapNames, reference } from "../reference/index.ts";

const all = [...registry].map(([name, declaration]) => [name, declaration] as const);

test("the registry is not empty, and holds what the module exports", () => {
  const exported = Object.entries(transforms).filter(
    ([, value]) => typeof value === "function" && "declaration" in value,
  ) as [string, Constructor<object>][];
  expect(exported.map(([name]) => name).sort()).toEqual([...registry.keys()].sort());
  for (const [name, { declaration }] of exported) expect(declaration.name).toBe(name);
});

describe.each(all)("%s", (name, declaration: Declaration) => {
  test("has WGSL that agrees with its declaration", () => {
    expect(declaration.wgsl).toBeUndefined();
    if (declaration.kind === "composite") return;
    expect(hasModule(declaration.module)).toBe(true);
    const source = moduleSource(declaration.module) ?? "";
    expect(reflect(source), "it parses").not.toBeNull();
    checkModule(declaration);
    expect(source.startsWith("// "), "it begins with its formula").toBe(true);
    // The kernels of a program bind what they want, and may share a module.
    if (declaration.kind !== "program")
      expect(source, "a module knows no buffers").not.toMatch(/@group|@binding|@compute|var</);
  });

  test("says what it is, where it comes from, and in which units", () => {
    expect(declaration.doc.length).toBeGreaterThan(5);
    expect(declaration.source.length).toBeGreaterThan(5);
    for (const [param, spec] of Object.entries(declaration.params)) {
      expect(spec.unit, param).toMatch(/^[a-z ]+$/);
      expect(spec.doc.length, param).toBeGreaterThan(3);
    }
    for (const [option, spec] of Object.entries(declaration.options ?? {}))
      expect(spec.doc.length, option).toBeGreaterThan(3);
  });

  test("has defaults that it allows", () => {
    for (const [param, { default: given, size = 1, min, max, nonzero, center, role }] of Object.entries(
      declaration.params,
    )) {
      if (given === undefined) continue;
      const values = Array.isArray(given) ? (given as number[]) : [given as number];
      expect(Array.isArray(given) ? values.length : typeof size === "string" ? size : 1, param).toBe(
        size === "points" ? values.length : size,
      );
      for (const value of values) {
        if (Number.isNaN(value)) {
          expect(center ?? role, param).toBeDefined();
          continue;
        }
        if (min !== undefined) expect(value).toBeGreaterThanOrEqual(min);
        if (max !== undefined) expect(value).toBeLessThanOrEqual(max);
        if (nonzero) expect(value).not.toBe(0);
      }
    }
    for (const [option, { default: given, allowed }] of Object.entries(declaration.options ?? {})) {
      if (given !== undefined && Array.isArray(allowed)) expect(allowed, option).toContain(given);
    }
  });

  test("has a float64 reference, and a case beside it", () => {
    expect(reference[name]).toBeTypeOf("function");
    // Weights along each axis are no matrix.
    if (["map", "resize"].includes(declaration.kind) && !declaration.bands) expect(mapNames).toContain(name);
    expect(cases.map((c) => c.name)).toContain(name);
  });
});

describe("the check of a declaration against its WGSL", () => {
  test("would notice every difference", () => {
    const { declaration } = transforms.gamma;
    const source = moduleSource(declaration.module) ?? "";
    const broken =
      (changed: Partial<Declaration>, from = "", to = "") =>
      () =>
        checkModule({ ...declaration, wgsl: source.replace(from, to), ...changed });
    expect(broken({})).not.toThrow();
    expect(broken({}, "gamma: f32,", "gamma: f32, more: f32,")).toThrow(/a field more/);
    expect(broken({}, "gain: f32", "gain: vec3f")).toThrow(/gain: vec3f/);
    expect(broken({}, "clip: bool", "clip: f32")).toThrow(/clip: f32/);
    expect(broken({}, "fn backward", "fn backwards")).toThrow(/no function backward/);
    expect(broken({ statistic: true })).toThrow(/fn forward/);
    expect(broken({ kind: "line" })).toThrow(/no function weight/);
    expect(broken({ params: {} })).toThrow(/a field gamma/);
  });
});
