import type { Scene } from "./scene.ts";

/** What a type of target is to the library: all that is known of it. */
export interface Rule<T> {
  /** Checks one against the batch, before anything moves. @throws ArgumentError, ShapeError that name `at` */
  check: (target: T, scene: Scene, at: string) => void;
  /** What becomes of it. `bare`: only of its data, which is all that anybody gets to see. */
  move: (target: T, scene: Scene, bare: boolean) => T;
}
