import { ArgumentError, check, describe, isPlainObject, oneOf, readOptions, rule } from "../gpu/index.ts";
import { Tensor } from "../tensor/index.ts";
import {
  asBoxes,
  asKeypoints,
  type Boxes,
  enlistTarget,
  type InstanceOptions,
  type Instances,
  isTarget,
  type Keypoints,
  type Rows,
} from "./target.ts";

/** What instances have under a name. */
export interface Member {
  readonly name: string;
  readonly is: "boxes" | "keypoints" | "masks" | "values";
  readonly rows: Rows;
  /** Boxes and keypoints, with their options. */
  readonly target?: Boxes | Keypoints;
  /** Whether it was given as bare rows. */
  readonly bare: boolean;
}

/**
 * Instances, such as people or cars: the K-th box, mask, set of keypoints and label belong together. What is left of the box (or, without
 * boxes, of the mask or the points) decides for all of them: `kept` of the result, with which {@link takeKept} leaves out the others.
 * @param data an object of `boxes` `[N, K, 4]`, `masks` `[N, K, H, W]`, `keypoints` `[N, K, P, 2]`, `labels` `[N, K]`, or `[N, K, …]` of anything else by `asIs`; any of
 * them may be a list with a tensor for each image, or `null` for an image without instances. Boxes and keypoints may have options
 */
export function asInstances<T extends object>(data: T, options?: InstanceOptions): Instances<T> {
  check("data of asInstances()", data, AN_OBJECT);
  membersOf(data, "data of asInstances()");
  const own = readOptions<InstanceOptions>("asInstances", options, { boxesOf: oneOf("outline", "masks") });
  return enlistTarget({
    target: "instances",
    data: Object.freeze({ ...data }),
    boxesOf: "outline",
    kept: null,
    weight: null,
    ...own,
  });
}

const AN_OBJECT = rule("an object such as { boxes, masks, labels }", isPlainObject);

const BOXES = ["boxes", "bboxes", "bbox", "bboxXyxy"];
const MASKS = ["masks", "mask"];
const VALUES = ["labels", "label", "classes", "class"];

/** The members of instances, by name. @throws ArgumentError for a value of which nothing says what it is */
export function membersOf(data: object, at: string): readonly Member[] {
  return Object.entries(data).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [{ name, ...memberOf(name, value, `${at}.${name}`) }],
  );
}

function memberOf(name: string, value: unknown, at: string): Omit<Member, "name"> {
  if (isTarget(value)) {
    const is = value.target;
    if (is === "asIs") return { is: "values", rows: rowsOf(value.data, at), bare: false };
    if (is === "boxes" || is === "keypoints") return { is, target: value, rows: value.data, bare: false };
    const allowed = "boxes, keypoints, masks as a tensor or a list, or asIs() of rows";
    throw new ArgumentError(at, `a value of type ${is}`, allowed);
  }
  const rows = rowsOf(value, at);
  if (BOXES.includes(name)) return { is: "boxes", target: asBoxes(rows), rows, bare: true };
  if (name === "bboxXywh") return { is: "boxes", target: asBoxes(rows, { format: "xywh" }), rows, bare: true };
  if (name === "keypoints") return { is: "keypoints", target: asKeypoints(rows), rows, bare: true };
  if (MASKS.includes(name)) return { is: "masks", rows, bare: true };
  if (VALUES.includes(name)) return { is: "values", rows, bare: true };
  const allowed = "boxes, masks, keypoints, labels, or asIs(rows) under any name";
  throw new ArgumentError(at, "rows under an unknown name", allowed);
}

function rowsOf(value: unknown, at: string): Rows {
  const isList = Array.isArray(value) && value.every((each) => each === null || each instanceof Tensor);
  if (value instanceof Tensor || isList) return value as Rows;
  const allowed = "a tensor [N, K, …], or a list with a tensor [K, …] or null for each image";
  throw new ArgumentError(at, describe(value), allowed);
}
