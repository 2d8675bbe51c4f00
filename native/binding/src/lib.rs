//! The only code that knows Node: converts arguments, calls the crates beside it, returns JSON text.
//! Snapshots cross the border as JSON text because `JSON.parse` builds the objects many times faster than napi calls do.
//! A failure rejects with an error whose message is `{"code", "message", "hint"?}`; no panic crosses the border.

mod failure;

use std::path::PathBuf;

use napi::bindgen_prelude::AsyncTask;
use napi::{Env, Task};
use napi_derive::napi;
use tpabi_tree::tracefs::read_tracefs;

/// Reads a tracefs directory or an archive of one.
pub struct ReadTracefs {
    path: PathBuf,
}

impl Task for ReadTracefs {
    type Output = String;
    type JsValue = String;

    fn compute(&mut self) -> napi::Result<String> {
        failure::guarded(|| read_tracefs(&self.path))
    }

    fn resolve(&mut self, _env: Env, output: String) -> napi::Result<String> {
        Ok(output)
    }
}

/// Reads the tracefs at `path`, a directory or a tar archive, and gives its snapshot as JSON text.
#[napi(js_name = "readTracefs", ts_return_type = "Promise<string>")]
pub fn read_tracefs_task(path: String) -> AsyncTask<ReadTracefs> {
    AsyncTask::new(ReadTracefs { path: path.into() })
}
