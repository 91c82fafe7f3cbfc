import { contractOfShare } from "./contract.ts";

contractOfShare(0, 6);
