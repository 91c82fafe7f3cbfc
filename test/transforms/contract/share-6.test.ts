import { contractOfShare } from "./contract.ts";

contractOfShare(5, 6);
