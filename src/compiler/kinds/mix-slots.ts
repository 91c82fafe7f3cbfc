/** Which slots of a mix name the partners, and whether it applies. */
import { gateOf, type Layout, type Slot } from "../pack/layout.ts";

/** The slot that names the partners. */
export const partnersOf = ({ slots }: Layout): Slot =>
  slots.find((slot) => slot.transform === 0 && slot.role === "partner")!;

/** The slot of the coin, if the mix has one. */
export const coinOf = (layout: Layout): Slot | undefined => gateOf(layout, 0);
