import { contractOfShare } from "./contract.ts";

contractOfShare(4, 6);
