/** What some transforms of a kind ask for by a field of their declaration of this name; the rest of the kind does without it. */
import { statistic } from "./statistic.ts";

export const abilities = { statistic };
