import { describe, expect, test } from "vitest";
import { parseFlags } from "../../bench/flags.ts";
import { jobName, jobsOf } from "../../bench/jobs.ts";

const refuse = (sentence: string): never => {
  throw new Error(sentence);
};
const flags = (...args: string[]) => parseFlags(args, "both", refuse);

test("by default everything runs, everywhere, with all peers", () => {
  expect(flags()).toMatchObject({ where: "both", rounds: 15, peers: ["jax-js", "tfjs", "opencv", "sharp"] });
  const names = jobsOf(flags()).map(jobName);
  expect(names[0]).toBe("scaling: compile");
  expect(names).toContain("colour both 4x3x224x224");
  expect(names).not.toContain("colour both 8x3x32x32");
});

test("jobs are picked by name, shape and size", () => {
  const names = (...args: string[]) => jobsOf(flags(...args)).map(jobName);
  expect(names("--only", "Blur B", "--small")).toEqual(["blur both 4x3x224x224", "blur both 8x3x32x32"]);
  expect(names("--only", "affine f", "--shape", "1x3x40x50")).toEqual(["affine forward 1x3x40x50"]);
  expect(names("--only", "blur f, choice b")).toEqual(["blur forward 4x3x224x224", "choice both 32x3x64x64"]);
  expect(names("--only", "scaling: s")).toEqual(["scaling: storage", "scaling: shapes", "scaling: steady"]);
});

test("peers are picked by name", () => {
  expect(flags("--peers", "none").peers).toEqual([]);
  expect(flags("--peers", "sharp,jax-js").peers).toEqual(["sharp", "jax-js"]);
});

describe("what is wrong with a flag is one sentence", () => {
  test.each([
    [["--only", "blur, fresco"], /nothing is called "fresco"; there are colour; affine; .*scaling: steady/],
    [["--peers", "numpy"], /There is no peer "numpy"; there are none, all, jax-js, tfjs, opencv, sharp/],
    [["--shape", "4x3x224"], /N x C x H x W with 3 channels/],
    [["--shape", "4x1x64x64"], /3 channels/],
    [["--shape", "4x3x8x64"], /at least 32/],
    [["--rounds", "0"], /whole number from 1/],
    [["--where", "moon"], /browser, node or both/],
    [
      ["--peers", "jax-js,sharp", "--where", "browser"],
      /sharp does not run in --where browser; there are jax-js, tfjs/,
    ],
    [["--speed"], /unknown option '--speed'/],
    [["colour"], /too many arguments/],
    [["--json", "/nowhere/at/all.json"], /\/nowhere\/at does not exist/],
    [["--json", "."], /It has to be a file/],
    [["--html", "/dev/null"], /It has to be a file/],
    [["--lay", "a.json"], /--lay needs --html FILE/],
  ])("%j", (args, sentence) => {
    expect(() => flags(...args)).toThrow(sentence);
    expect(() => flags(...args)).toThrow(/^[^\n]+$/);
  });
});
