// The names of the formats of an audit, apart from the code that writes them.

export const AUDIT_FORMATS = ["terminal", "json", "markdown", "html"] as const;
export type AuditFormat = (typeof AUDIT_FORMATS)[number];
