//! Failures on their way to JavaScript: the message of the error is JSON, because napi passes on nothing but a message.

use std::panic::{AssertUnwindSafe, catch_unwind};

use napi::{Error, Status};
use serde::Serialize;
use tpabi_tree::error::TreeError;

/// What `src/native.ts` reads out of the message of a rejection.
#[derive(Debug, Serialize)]
pub struct Failure {
    code: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl Failure {
    /// The caller asked for something that makes no sense.
    pub fn bad_usage(message: String) -> Self {
        Self {
            code: "bad-usage",
            message,
            hint: None,
        }
    }

    /// A mistake in this program; no code that JavaScript knows, so that it is shown as such.
    fn bug(message: String) -> Self {
        Self {
            code: "bug",
            message,
            hint: None,
        }
    }
}

impl From<TreeError> for Failure {
    fn from(error: TreeError) -> Self {
        Self {
            code: error.code(),
            message: error.to_string(),
            hint: error.hint().map(str::to_owned),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::bug(error.to_string())
    }
}

/// What `work` gives; a failure or a panic of it as the rejection that JavaScript expects.
pub fn guarded(work: impl FnOnce() -> Result<String, Failure>) -> napi::Result<String> {
    let outcome = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(Failure::bug(said.unwrap_or("panic without a message").to_owned()))
    });
    outcome.map_err(|failure| {
        let message = serde_json::to_string(&failure).unwrap_or(failure.message);
        Error::new(Status::GenericFailure, message)
    })
}
