//! Failures on their way to JavaScript: the message of the error is JSON, because napi passes on nothing but a message.

use std::panic::{AssertUnwindSafe, catch_unwind};

use napi::{Error, Status};
use serde::Serialize;
use tpabi_core::snapshot::Snapshot;
use tpabi_tree::error::TreeError;

/// What `src/native.ts` reads out of the message of a rejection.
#[derive(Serialize)]
struct Failure<'a> {
    code: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
}

/// The snapshot that `read` gives as JSON text. A panic in there is a bug of ours and rejects with code `bug`.
pub fn guarded(read: impl FnOnce() -> Result<Snapshot, TreeError>) -> napi::Result<String> {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let snapshot = read()?;
        Ok(serde_json::to_string(&snapshot).map_err(|error| rejection("bug", &error.to_string(), None)))
    }));
    match outcome {
        Ok(Ok(text)) => text,
        Ok(Err(error)) => {
            let error: TreeError = error;
            Err(rejection(error.code(), &error.to_string(), error.hint()))
        }
        Err(panic) => {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("panic without a message");
            Err(rejection("bug", said, None))
        }
    }
}

fn rejection(code: &str, message: &str, hint: Option<&str>) -> Error {
    let failure = serde_json::to_string(&Failure { code, message, hint });
    Error::new(Status::GenericFailure, failure.unwrap_or_else(|_| message.to_owned()))
}
