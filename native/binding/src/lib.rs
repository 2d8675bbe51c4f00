//! The only code that knows Node: converts arguments, calls the crates beside it, returns JSON text.
//! Snapshots cross the border as JSON text because `JSON.parse` builds the objects many times faster than napi calls do.
//! A failure rejects with an error whose message is `{"code", "message", "hint"?}`; no panic crosses the border.

mod failure;
mod request;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use napi::bindgen_prelude::{AsyncTask, FnArgs, Uint8Array};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status, Task};
use napi_derive::napi;
use tpabi_core::saved;
use tpabi_core::uses;
use tpabi_tree::btf::read_btf;
use tpabi_tree::change::read_change;
use tpabi_tree::kernel_tree::list_tags;
use tpabi_tree::source::{Session, SourceRequest, read_source};
use tpabi_tree::tracefs::read_tracefs;

use crate::failure::guarded;

/// Reading a kernel makes a million small things and forgets them; the allocator of glibc takes a quarter of all time for it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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

/// Passes progress on to JavaScript.
fn report_to(on_progress: Option<&OnProgress>) -> impl Fn(usize, usize, &'static str) + Sync {
    move |done, total, what| {
        if let Some(on_progress) = on_progress {
            let values = FnArgs::from((done as u32, total as u32, what.to_owned()));
            // A process that is about to end no longer listens; that is no failure.
            let _ = on_progress.call(values, ThreadsafeFunctionCallMode::NonBlocking);
        }
    }
}

/// Reads kernel source from a directory or a git revision.
pub struct ReadSource {
    session: Option<Arc<Mutex<Session>>>,
    options_json: String,
    on_progress: Option<OnProgress>,
}

impl Task for ReadSource {
    type Output = String;
    type JsValue = String;

    fn compute(&mut self) -> napi::Result<String> {
        guarded(|| {
            let request: SourceRequest = request::parse(&self.options_json)?;
            let progress = report_to(self.on_progress.as_ref());
            match &self.session {
                Some(session) => Ok(locked(session).read(&request, &progress)?),
                None => Ok(read_source(&request, &progress)?),
            }
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
        session: None,
        options_json,
        on_progress,
    })
}

/// Reads the programs of a BPF C file as `request_json` says (`BpfCRequest` in `src/native.ts`), and gives its facts as JSON text.
#[napi(js_name = "readBpfC")]
#[allow(clippy::needless_pass_by_value, reason = "napi gives a string of its own")]
pub fn read_bpf_c(request_json: String) -> napi::Result<String> {
    guarded(|| {
        let request: uses::Request = serde_json::from_str(&request_json)?;
        Ok(serde_json::to_string(&uses::read_bpf_c(&request))?)
    })
}

/// Reads successive kernels, each distinct file of them once. One call at a time is served.
#[napi]
#[derive(Default)]
pub struct SourceSession {
    session: Arc<Mutex<Session>>,
}

#[napi]
impl SourceSession {
    /// A session that has read nothing yet.
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same as `readSource`, but for what earlier calls have read.
    #[napi(ts_return_type = "Promise<string>")]
    pub fn read(
        &self,
        options_json: String,
        #[napi(ts_arg_type = "(done: number, total: number, what: string) => void")] on_progress: Option<OnProgress>,
    ) -> AsyncTask<ReadSource> {
        AsyncTask::new(ReadSource {
            session: Some(self.session.clone()),
            options_json,
            on_progress,
        })
    }

    /// Keeps for later runs what costs most to find out, and forgets the rest.
    #[napi]
    pub fn close(&self) {
        std::mem::take(&mut *locked(&self.session)).close();
    }
}

/// The session; a call that panicked has left nothing in it that is wrong.
fn locked(session: &Mutex<Session>) -> MutexGuard<'_, Session> {
    session.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lists the tags of a git repository.
pub struct ListTags {
    path: PathBuf,
}

impl Task for ListTags {
    type Output = String;
    type JsValue = String;

    fn compute(&mut self) -> napi::Result<String> {
        guarded(|| Ok(serde_json::to_string(&list_tags(&self.path)?)?))
    }

    fn resolve(&mut self, _env: Env, json: String) -> napi::Result<String> {
        Ok(json)
    }
}

/// The names of all tags of the git repository at `path`, sorted, as JSON text.
#[napi(js_name = "listTags", ts_return_type = "Promise<string>")]
pub fn list_tags_task(path: String) -> AsyncTask<ListTags> {
    AsyncTask::new(ListTags { path: path.into() })
}

/// Reads both sides of a change in a git repository.
pub struct ReadChange {
    options_json: String,
    on_progress: Option<OnProgress>,
}

impl Task for ReadChange {
    type Output = String;
    type JsValue = String;

    fn compute(&mut self) -> napi::Result<String> {
        guarded(|| {
            let request = request::parse_change(&self.options_json)?;
            Ok(read_change(&request, &report_to(self.on_progress.as_ref()))?)
        })
    }

    fn resolve(&mut self, _env: Env, json: String) -> napi::Result<String> {
        Ok(json)
    }
}

/// Reads a change as `options_json` says (`ChangeRequest` in `src/native.ts`), and gives both sides for each architecture.
#[napi(js_name = "readChange", ts_return_type = "Promise<string>")]
pub fn read_change_task(
    options_json: String,
    #[napi(ts_arg_type = "(done: number, total: number, what: string) => void")] on_progress: Option<OnProgress>,
) -> AsyncTask<ReadChange> {
    AsyncTask::new(ReadChange {
        options_json,
        on_progress,
    })
}

/// Reads the BPF objects in the bytes of a file, and gives their facts as JSON text.
#[napi(js_name = "readBpfObjects")]
#[allow(clippy::needless_pass_by_value, reason = "napi gives a view of its own")]
pub fn read_bpf_objects(bytes: Uint8Array) -> napi::Result<String> {
    guarded(|| Ok(serde_json::to_string(&uses::read_bpf_objects(&bytes))?))
}
