//! What a parser could not understand: counted data, never a panic and never a silent loss.

use serde::Serialize;

/// One thing that was seen and not understood, with where it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// A short stable name of the kind of problem, kebab-case, such as `unknown-type`.
    pub code: &'static str,
    /// One line in plain words: what was seen, what was expected.
    pub message: String,
    /// Path of the file, relative to the root of what was read, with `/` between parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Line in that file, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The event it concerns, `system:name`, where one is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
}
