/** The part of cli-progress that the demo uses. */
declare module "cli-progress" {
  export interface Options {
    format?: string;
    hideCursor?: boolean;
    barsize?: number;
    stream?: NodeJS.WriteStream;
    noTTYOutput?: boolean;
    notTTYSchedule?: number;
    autopadding?: boolean;
    clearOnComplete?: boolean;
    fps?: number;
  }
  export class SingleBar {
    constructor(options: Options);
    start(total: number, value: number, payload?: Record<string, unknown>): void;
    update(value: number, payload?: Record<string, unknown>): void;
    stop(): void;
  }
}
