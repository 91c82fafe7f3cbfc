/** Which slots of a mix name the partners, and whether it applies. */
import { gateOf, type Layout, type Slot } from "../pack/layout.ts";

/** The slot that names the partners; one of none, where there are no partners. */
export const partnersOf = ({ slots }: Layout): Pick<Slot, "size" | "offset"> =>
  slots.find((slot) => slot.transform === 0 && slot.role === "partner") ?? { size: 0, offset: 0 };

/** The slot of the coin, if the mix has one. */
export const coinOf = (layout: Layout): Slot | undefined => gateOf(layout, 0);
