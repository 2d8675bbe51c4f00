// The names of the formats, apart from the code that writes them: the command line knows them before it needs that.

export const FORMATS = ["terminal", "json", "github", "sarif", "markdown", "comment", "junit", "html"] as const;
export type Format = (typeof FORMATS)[number];
