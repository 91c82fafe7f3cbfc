import { expect, test } from "vitest";
import { testGpu } from "../gpu.ts";
import { compareAny } from "./any/compare.ts";
import { drawAny } from "./any/draw.ts";

const device = testGpu();
const SEED = 5;
const [FROM, COUNT] = (process.env.AUGRAD_FUZZ_ANY ?? "0,10").split(",").map(Number);
const DRAWS = 5;

test.each(Array.from({ length: COUNT }, (_, i) => FROM + i))(
  "chains of any transforms hold in every way: structure %i",
  async (index) => {
    let [all, unknown] = [0, 0];
    for (let draw = 0; draw < DRAWS; draw++) {
      const made = drawAny(SEED, index, draw);
      const names = made.links.map((link) => link.made.name).join(" > ");
      const { faults, compared, vague } = await compareAny(device.gpu, made, index);
      expect(faults.slice(0, 5).join("\n"), `${names}, draw ${draw}: ${JSON.stringify({ ...made, image: 0 })}`).toBe(
        "",
      );
      all += compared;
      unknown += vague;
    }
    expect(all).toBeGreaterThan(unknown);
  },
);
