/** The files of the package that people read. */
export const READ: string[];
/** Links of a text to files, and pictures, as links to the repository's page. */
export function absolute(text: string): string;
/** The text that `absolute` was given. */
export function relative(text: string): string;
