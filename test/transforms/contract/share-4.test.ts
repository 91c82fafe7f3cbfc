import { contractOfShare } from "./contract.ts";

contractOfShare(3, 6);
