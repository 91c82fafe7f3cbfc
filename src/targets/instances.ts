import { greater, max, mul } from "../autograd/index.ts";
import { ArgumentError, ShapeError } from "../gpu/index.ts";
import { show, Tensor } from "../tensor/index.ts";
import { boxes } from "./boxes.ts";
import { type BySize, rowsAt, targetAt, targetOfAll, together } from "./by-size.ts";
import { hullOf } from "./hull.ts";
import { followed, type Journey, meets } from "./journey.ts";
import { keypoints } from "./keypoints.ts";
import type { Places } from "./list.ts";
import { type Member, membersOf } from "./members.ts";
import { metMasks } from "./met-masks.ts";
import { presentIn, weightOf } from "./met-rows.ts";
import { batchOf, checkRows } from "./rows.ts";
import type { Rule } from "./rule.ts";
import type { Scene } from "./scene.ts";
import { areListed, sizeAt } from "./sizes.ts";
import { asIs, type Boxes, enlistTarget, type Instances, isTarget, type Keypoints, type Rows } from "./target.ts";
import { tightest } from "./tightest.ts";

/** A member that has moved: its rows in one tensor, and which of them are left, where that is known. */
interface Moved {
  readonly member: Member;
  data: Tensor;
  readonly kept?: Tensor;
  /** Boxes and keypoints with what else became of them. */
  readonly target?: Boxes | Keypoints;
}

/** Instances: every member moves by its own rule, and what is left of an instance decides for all of it. */
export const instances: Rule<Instances> = {
  check: ({ data, boxesOf }, scene, at) => {
    const members = membersOf(data, at);
    if (members.length === 0) throw new ArgumentError(at, "no member", "boxes, masks, keypoints or labels");
    for (const member of members) checkMember(member, scene, `${at}.${member.name}`);
    const counts = members.map(({ rows }) => countsOf(rows));
    members.forEach(({ name }, i) => {
      if (counts[i].join() === counts[0].join()) return;
      const given = `${show(counts[i])} instances of the images`;
      throw new ShapeError(`${at}.${name}`, given, `${show(counts[0])}, as of ${at}.${members[0].name}`);
    });
    if (boxesOf === "masks") checkFits(members, at);
    if (scene.bySize?.behind && members.some(({ is }) => is === "masks")) {
      const given = "masks of instances beside images that differ in size, in a pipeline with a mix";
      throw new ArgumentError(at, given, "masks beside instances, or images of one size");
    }
  },
  move: (target, scene, bare) => {
    const members = membersOf(target.data, "");
    if (scene.bySize && members.some(({ is }) => is === "masks")) return movedBySize(target, scene.bySize, bare);
    const journey = scene.journey();
    const batches = members.map(({ rows }) => batchOf(scene.gpu, rows, undefined, journey));
    const [{ tensor: some, there, back }] = batches;
    if (!some) return { ...target, kept: members[0].rows };
    const moved = members.map((member, i) => movedMember(member, batches[i].tensor!, scene));
    if (target.boxesOf === "masks") fitBoxes(moved, scene);
    const present = there();
    const left = bare ? null : decided(moved, target.boxesOf === "masks", journey);
    const kept = left && back(present ? mul(left, present) : left);
    const weighed = bare ? null : weightOf(moved[0].data, journey);
    const weight = weighed && back(weighed);
    const shown = moved.map(({ member, data, target: own }, i) => {
      const rows = batches[i].back(data);
      if (member.bare) return [member.name, rows];
      if (!own) return [member.name, asIs(rows)];
      const left = member.is === "boxes" && kept ? kept : batches[i].back(own.kept as Tensor);
      return [member.name, enlistTarget({ ...own, data: rows, kept: left, weight })];
    });
    return { ...target, data: Object.fromEntries(shown), kept, weight };
  },
};

/** Instances whose masks differ in size move size by size. */
function movedBySize(target: Instances, { first }: BySize, bare: boolean): Instances {
  const parts = first.map(({ places, scene }) =>
    instances.move({ ...target, data: membersAt(target.data, places) }, scene, bare),
  );
  const names = Object.keys(target.data) as (keyof typeof target.data)[];
  const data = names.map((name) => [name, memberOfAll(parts.map((part) => part.data[name]), first)]); // biome-ignore format: one call
  const kept = bare ? null : together(parts.map((part) => part.kept as Rows), first); // biome-ignore format: one call
  return { ...target, data: Object.fromEntries(data), kept };
}

const membersAt = (data: object, places: readonly number[]): object =>
  Object.fromEntries(
    Object.entries(data).map(([name, value]) => {
      if (value === null || value === undefined) return [name, value];
      return [name, isTarget(value) ? targetAt(value, places) : rowsAt(value, places)];
    }),
  );

/** A member of all instances, from those of each size. */
function memberOfAll(parts: readonly unknown[], groups: readonly Places[]): unknown {
  const [part] = parts;
  if (part === null || part === undefined) return part;
  if (!isTarget(part)) return together(parts as readonly Rows[], groups);
  return targetOfAll(parts as readonly (typeof part)[], groups);
}

/** How many instances each image has. */
const countsOf = (rows: Rows): readonly number[] =>
  rows instanceof Tensor
    ? Array.from({ length: rows.shape[0] }, () => rows.shape[1])
    : rows.map((each) => each?.shape[0] ?? 0);

function checkMember({ is, target, rows }: Member, scene: Scene, at: string): void {
  if (target?.target === "boxes") boxes.check(target, scene, at);
  if (target?.target === "keypoints") keypoints.check(target, scene, at);
  if (target) return;
  const { samples, before } = scene;
  scene.checkPlaces(at, rows);
  const apart = is === "masks";
  checkRows(at, rows, undefined, { samples, columns: 1, rank: 6, least: 2, apart, words: "[N, K, …]" });
  if (!apart) return;
  scene.checkMasks(at, AS_MASKS);
  if (rows instanceof Tensor && areListed(before))
    throw new ShapeError(at, show(rows.shape), "a list with [K, H, W] or null for each image, as these differ in size");
  for (const [i, each] of (rows instanceof Tensor ? [rows] : rows).entries()) {
    if (each === null) continue;
    const { shape } = each;
    const [h, w] = sizeAt(before, i);
    if (shape.length !== (rows instanceof Tensor ? 4 : 3) || shape.at(-2) !== h || shape.at(-1) !== w)
      throw new ShapeError(
        rows instanceof Tensor ? at : `${at}[${i}]`,
        show(shape),
        `[N, K, H, W] with H = ${h} and W = ${w}, or a list of [K, H, W]`,
      );
  }
}

function checkFits(members: readonly Member[], at: string): void {
  const argument = `boxesOf of ${at}`;
  if (!["boxes", "masks"].every((wanted) => members.some(({ is }) => is === wanted)))
    throw new ArgumentError(argument, '"masks" without boxes and masks', "both boxes and masks");
  if (members.some(({ target }) => target?.target === "boxes" && target.format === "oriented"))
    throw new ArgumentError(argument, '"masks" for oriented boxes', '"outline"');
}

function movedMember(member: Member, data: Tensor, scene: Scene): Moved {
  const { is, target } = member;
  if (target) {
    const moved =
      target.target === "boxes"
        ? boxes.move({ ...target, data }, scene, false)
        : keypoints.move({ ...target, data }, scene, false);
    return { member, target: moved, data: moved.data as Tensor, kept: moved.kept as Tensor };
  }
  const journey = scene.journey();
  if (is === "values") return { member, data: followed(data, journey) };
  const moved = (journey ?? [scene]).reduce<Tensor>(
    (masks, way) => (meets(way) ? metMasks(masks, way) : (way.raster(masks, AS_MASKS) as Tensor)),
    data,
  );
  return { member, data: moved };
}

const AS_MASKS = { nearest: true, fill: 0, erased: true } as const;

/** Boxes as tight as the moved masks are. */
function fitBoxes(moved: readonly Moved[], { sizes }: Scene): void {
  const { data: masks } = moved.find(({ member }) => member.is === "masks")!;
  for (const each of moved)
    if (each.target?.target === "boxes")
      each.data = hullOf({ points: tightest(masks), rows: each.data, as: each.target, sizes: sizes() });
}

/** Which instances are left, `[N, K]`: by their boxes, else by their masks, else by their points. */
function decided(moved: readonly Moved[], byMasks: boolean, journey: Journey | null): Tensor {
  const of = (wanted: Member["is"]) => moved.find(({ member }) => member.is === wanted);
  const [box, mask, points] = [of("boxes"), of("masks"), of("keypoints")];
  const seen = () => max(greater(mask!.data.detach(), 0), [2, 3]);
  if (box) return byMasks ? mul(box.kept!, seen()) : box.kept!;
  if (mask) return seen();
  if (!points) return presentIn(moved[0].data, journey);
  return points.kept!.shape.length > 2 ? max(points.kept!, 2) : points.kept!;
}
