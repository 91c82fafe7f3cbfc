import { contractOfShare } from "./contract.ts";

contractOfShare(2, 6);
