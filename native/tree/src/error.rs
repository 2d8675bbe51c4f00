//! Why a kernel could not be read at all. Each variant has a stable code, which is part of the public interface.
//! What was read but not understood is a [`tpabi_core::problem::Problem`], never one of these.

use std::io;
use std::path::Path;

/// A reader's failure: a code for programs, a message for people, sometimes a hint what to do.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// There is nothing at that path.
    #[error("'{path}' does not exist")]
    NotFound {
        /// The path as the user wrote it.
        path: String,
    },
    /// It is there, and this user may not read it.
    #[error("no permission to read '{path}'")]
    PermissionDenied {
        /// What could not be read.
        path: String,
        /// How to get at it.
        hint: Option<String>,
    },
    /// Not a tracefs directory, nor an archive of one.
    #[error("'{path}' is no tracefs: {reason}")]
    NotTracefs {
        /// The path as the user wrote it.
        path: String,
        /// What is missing.
        reason: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// Holds no BTF, or BTF that cannot be read without what it continues.
    #[error("'{path}' is no BTF: {reason}")]
    NotBtf {
        /// The path as the user wrote it.
        path: String,
        /// What is missing.
        reason: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// An archive that cannot be unpacked.
    #[error("cannot unpack '{path}': {reason}")]
    BadArchive {
        /// The path as the user wrote it.
        path: String,
        /// What the decoder said.
        reason: String,
    },
    /// An archive without entries.
    #[error("archive '{path}' is empty")]
    EmptyArchive {
        /// The path as the user wrote it.
        path: String,
    },
    /// No git repository at that path.
    #[error("'{path}' is no git repository: {reason}")]
    NotARepository {
        /// The path as the user wrote it.
        path: String,
        /// What was looked for in vain.
        reason: String,
    },
    /// A revision that the repository does not know.
    #[error("unknown revision '{revision}' in '{path}'")]
    UnknownRevision {
        /// The revision as the user wrote it.
        revision: String,
        /// The repository.
        path: String,
        /// What to do about it: the names that were probably meant.
        hint: Option<String>,
    },
    /// A tree that is not one of Linux.
    #[error("'{path}' is no kernel source: {reason}")]
    NotAKernel {
        /// The directory, or the revision, as the user wrote it.
        path: String,
        /// What is missing.
        reason: String,
    },
    /// Input larger than anything real, so probably made to exhaust memory.
    #[error("'{path}' {what}, the limit is {limit}")]
    LimitExceeded {
        /// The path as the user wrote it.
        path: String,
        /// What was counted, such as `has too many files`.
        what: &'static str,
        /// The limit with its unit.
        limit: String,
    },
    /// A shallow or partial clone.
    #[error("the clone lacks {what}")]
    MissingObjects {
        /// What is not there.
        what: String,
    },
    /// Any other failure of the system.
    #[error("cannot read '{path}': {source}")]
    Io {
        /// What could not be read.
        path: String,
        /// What the system said.
        source: io::Error,
    },
}

impl TreeError {
    /// The stable kebab-case name of the failure.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "not-found",
            Self::PermissionDenied { .. } => "permission-denied",
            Self::NotTracefs { .. } => "not-tracefs",
            Self::NotBtf { .. } => "not-btf",
            Self::BadArchive { .. } => "bad-archive",
            Self::EmptyArchive { .. } => "empty-archive",
            Self::NotARepository { .. } => "not-a-repository",
            Self::UnknownRevision { .. } => "unknown-revision",
            Self::NotAKernel { .. } => "not-a-kernel",
            Self::LimitExceeded { .. } => "limit-exceeded",
            Self::MissingObjects { .. } => "missing-objects",
            Self::Io { .. } => "io",
        }
    }

    /// What the user can do about it, where that is known.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::PermissionDenied { hint, .. }
            | Self::NotTracefs { hint, .. }
            | Self::NotBtf { hint, .. }
            | Self::UnknownRevision { hint, .. } => hint.as_deref(),
            _ => None,
        }
    }

    /// The failure that the system's answer for `path` stands for.
    pub(crate) fn from_io(path: &Path, source: impl Into<io::Error>) -> Self {
        let (path, source) = (path.display().to_string(), source.into());
        match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::NotFound { path },
            io::ErrorKind::PermissionDenied => Self::PermissionDenied { path, hint: None },
            _ => Self::Io { path, source },
        }
    }
}
