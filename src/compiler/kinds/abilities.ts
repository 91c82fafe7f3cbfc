/**
 * What only some transforms need. A declaration asks for `statistic`, or for `list` in one of its parameters, by a field of this name.
 * Users' declarations have all of them, and `checkUserModule` they alone: in a bundle without such declarations it is not there.
 */
import { checkUserModule } from "../reflect.ts";
import { list } from "../stages/lists.ts";
import { statistic } from "./statistic.ts";

interface Abilities {
  readonly statistic: typeof statistic;
  readonly list: typeof list;
  readonly checkUserModule?: typeof checkUserModule;
}

export const abilities: Abilities = { statistic, list, checkUserModule };
