import { contractOfShare } from "./contract.ts";

contractOfShare(1, 6);
