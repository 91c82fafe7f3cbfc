/**
 * What only some transforms need. A declaration asks for `statistic` by its field of this name. Users' declarations have all of them, and
 * `checkUserModule` they alone: in a bundle without such declarations it is not there.
 */
import { checkUserModule } from "../reflect.ts";
import { statistic } from "./statistic.ts";

export const abilities: { readonly statistic: typeof statistic; readonly checkUserModule?: typeof checkUserModule } = {
  statistic,
  checkUserModule,
};
