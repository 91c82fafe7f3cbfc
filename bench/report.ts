import type { BenchRecord } from "./record.ts";
export const reportHtml = (records: readonly BenchRecord[]): string => JSON.stringify(records);
