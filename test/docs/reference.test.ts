import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { EXAMPLES, exampleOf } from "../../docs/reference/examples.ts";
import { transformPage } from "../../docs/reference/page.ts";
import { photo, picture } from "../../docs/reference/picture.ts";
import { registry } from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const names = [...registry.keys()];

test("every example is one of a transform, and every transform has one", () => {
  for (const name of Object.keys(EXAMPLES)) expect(names).toContain(name);
  for (const name of names) expect(exampleOf(name, device.gpu).declaration.name).toBe(name);
});

describe.each(names)("the page of %s", (name) => {
  const declaration = registry.get(name)!;
  const page = transformPage(declaration, `./${name}.webp`);

  test("has formula, source, picture, and everything about every parameter and option", () => {
    for (const text of [declaration.doc, declaration.source, `./${name}.webp`, `${name}(`])
      expect(page).toContain(text);
    const rows = page.split("\n").filter((line) => line.startsWith("| `"));
    for (const [param, { unit, doc, min, max, default: value }] of Object.entries(declaration.params)) {
      const row = rows.find((line) => line.startsWith(`| \`${param}\` |`));
      for (const part of [unit, doc]) expect(row).toContain(part);
      for (const bound of [min, max]) if (bound !== undefined) expect(row).toContain(String(bound));
      if (value === undefined) expect(row).toContain("required");
      expect(row).not.toContain("NaN");
    }
    for (const option of Object.keys(declaration.options ?? {})) {
      expect(rows.some((line) => line.startsWith(`| \`${option}\` |`))).toBe(true);
    }
    expect(page).not.toMatch(/undefined|\[object/);
  });
});

test.each(["rotate", "normalize", "gaussianBlur"])(
  "the picture of %s shows a photo, a result and a gradient",
  async (name) => {
    const { gpu } = device;
    const x = await photo(gpu);
    const image = sharp(await picture(x, exampleOf(name, gpu)));
    const { width = 0, height = 0 } = await image.metadata();
    expect(width).toBeGreaterThan(3 * height);
    for (const left of [0, 1, 2].map((tile) => tile * (height + 12))) {
      const { channels } = await sharp(
        await image.clone().extract({ left, top: 0, width: height, height }).toBuffer(),
      ).stats();
      expect(Math.max(...channels.slice(0, 3).map(({ stdev }) => stdev))).toBeGreaterThan(5);
    }
    x.dispose();
  },
);
