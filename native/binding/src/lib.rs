//! The only code that knows Node: converts arguments, calls the crates beside it, returns JSON text.
//! Snapshots cross the border as JSON text because `JSON.parse` builds the objects many times faster than napi calls do.
//! A failure rejects with an error whose message is `{"code", "message", "hint"?}`; no panic crosses the border.

mod failure;
mod request;

use std::path::PathBuf;

use napi::bindgen_prelude::{AsyncTask, FnArgs};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status, Task};
use napi_derive::napi;
use tpabi_core::saved;
use tpabi_tree::btf::read_btf;
use tpabi_tree::source::{SourceRequest, read_source};
use tpabi_tree::tracefs::read_tracefs;

use crate::failure::{Failure, guarded};

/// Called with the work done, the work in all, and what work it is. Does not keep the process alive.
type OnProgress = ThreadsafeFunction<FnArgs<(u32, u32, String)>, (), FnArgs<(u32, u32, String)>, Status, false, true>;

/// Reads a tracefs directory or an archive of one.
pub struct ReadTracefs {
    path: PathBuf,
}

impl Task for ReadTracefs {
    type Output = String;
    type JsValue = String;

    fn compute(&mut self) -> napi::Result<String> {
        guarded(|| Ok(saved::encode(&read_tracefs(&self.path)?)?))
    }

    fn resolve(&mut self, _env: Env, json: String) -> napi::Result<String> {
        Ok(json)
    }
}

/// Reads the tracefs at `path`, a directory or a tar archive, and gives its snapshot as JSON text.
#[napi(js_name = "readTracefs", ts_return_type = "Promise<string>")]
pub fn read_tracefs_task(path: String) -> AsyncTask<ReadTracefs> {
    AsyncTask::new(ReadTracefs { path: path.into() })
}

/// Reads the BTF of a kernel.
pub struct ReadBtf {
    path: PathBuf,
    options_json: String,
}

impl Task for ReadBtf {
    type Output = String;
    type JsValue = String;

    fn compute(&mut self) -> napi::Result<String> {
        guarded(|| {
            let symbols = request::parse_btf(&self.options_json)?;
            Ok(saved::encode(&read_btf(&self.path, symbols)?)?)
        })
    }

    fn resolve(&mut self, _env: Env, json: String) -> napi::Result<String> {
        Ok(json)
    }
}

/// Reads the BTF at `path` as `options_json` says (`BtfOptions` in `src/native.ts`), and gives its snapshot as JSON text.
#[napi(js_name = "readBtf", ts_return_type = "Promise<string>")]
pub fn read_btf_task(path: String, options_json: String) -> AsyncTask<ReadBtf> {
    AsyncTask::new(ReadBtf {
        path: path.into(),
        options_json,
    })
}

/// Reads kernel source from a directory or a git revision.
pub struct ReadSource {
    options_json: String,
    on_progress: Option<OnProgress>,
}

impl Task for ReadSource {
    type Output = String;
    type JsValue = String;

    fn compute(&mut self) -> napi::Result<String> {
        guarded(|| {
            let request: SourceRequest = request::parse(&self.options_json)?;
            let progress = |done: usize, total: usize, what: &str| {
                if let Some(on_progress) = &self.on_progress {
                    let values = FnArgs::from((done as u32, total as u32, what.to_owned()));
                    // A process that is about to end no longer listens; that is no failure.
                    let _ = on_progress.call(values, ThreadsafeFunctionCallMode::NonBlocking);
                }
            };
            Ok::<_, Failure>(read_source(&request, &progress)?)
        })
    }

    fn resolve(&mut self, _env: Env, json: String) -> napi::Result<String> {
        Ok(json)
    }
}

/// Reads kernel source as `options_json` says (`SourceRequest` in `src/native.ts`), and gives its snapshot as JSON text.
#[napi(js_name = "readSource", ts_return_type = "Promise<string>")]
pub fn read_source_task(
    options_json: String,
    #[napi(ts_arg_type = "(done: number, total: number, what: string) => void")] on_progress: Option<OnProgress>,
) -> AsyncTask<ReadSource> {
    AsyncTask::new(ReadSource {
        options_json,
        on_progress,
    })
}
