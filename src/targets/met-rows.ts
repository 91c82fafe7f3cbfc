import { mul, reshape } from "../autograd/index.ts";
import { ones, type Tensor } from "../tensor/index.ts";
import { type Journey, meetingsOf } from "./journey.ts";
import { gathered, type Meeting, type Seen } from "./meeting.ts";

/** The product of what every row's sources have at all meetings, `[N, S · K]`. `rows`: `[N, S · K, …]`. */
function product(rows: Tensor, meetings: readonly Meeting[], of: (seen: Seen) => Tensor | null): Tensor {
  const k = rows.shape[1] / meetings.reduce((count, { sources }) => count * sources, 1);
  return meetings.reduce(
    (before, meeting) => {
      const all = gathered(before, meeting);
      const each = of(meeting.seen());
      if (!each) return all;
      const { samples, sources } = meeting;
      return reshape(mul(reshape(all, [samples, sources, all.size / (samples * sources)]), each), all.shape);
    },
    ones(rows.gpu, [rows.shape[0], k]),
  );
}

/** 1 for rows `[N, S · K, …]` of sources that are seen in the result, else 0: `[N, S · K]`. */
export const presentIn = (rows: Tensor, journey: Journey | null): Tensor =>
  product(rows, meetingsOf(journey), ({ present }) => present);

/** How much of the image is of the sample that rows `[N, S · K, …]` come from, `[N, S · K]`; null where no mix blends samples. */
export function weightOf(rows: Tensor, journey: Journey | null): Tensor | null {
  const meetings = meetingsOf(journey);
  return meetings.some((each) => each.seen().weight) ? product(rows, meetings, ({ weight }) => weight) : null;
}
