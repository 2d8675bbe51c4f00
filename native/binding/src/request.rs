//! Options from JavaScript, as JSON text, to a request in Rust types.

use std::path::PathBuf;

use serde::Deserialize;
use tpabi_core::arch::{self, Arch};
use tpabi_tree::cache::Cache;
use tpabi_tree::change::ChangeRequest;
use tpabi_tree::kernel_tree::Revision;
use tpabi_tree::source::{Place, SourceRequest};

use crate::failure::Failure;

/// `SourceRequest` of `src/native.ts`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Options {
    kind: Kind,
    path: PathBuf,
    rev: Option<String>,
    arch: String,
    config: Option<String>,
    /// Absent: the user's cache directory. Null: no cache.
    #[serde(default = "Cache::default_directory")]
    cache_dir: Option<PathBuf>,
    #[serde(default)]
    is_kept: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Git,
    Tree,
}

/// `BtfOptions` of `src/native.ts`.
#[derive(Deserialize)]
struct BtfOptions {
    #[serde(default)]
    symbols: Vec<String>,
}

/// The enum constants whose values are asked for.
pub fn parse_btf(options_json: &str) -> Result<Vec<String>, Failure> {
    let options: Result<BtfOptions, _> = serde_json::from_str(options_json);
    Ok(options.map_err(|error| Failure::bad_usage(error.to_string()))?.symbols)
}

/// `ChangeRequest` of `src/native.ts`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChangeOptions {
    path: PathBuf,
    before: String,
    after: String,
    targets: Vec<Target>,
    #[serde(default)]
    partial: bool,
    cache_dir: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    arch: String,
    config: Option<String>,
}

/// The change that `options_json` spells.
pub fn parse_change(options_json: &str) -> Result<ChangeRequest, Failure> {
    let options: ChangeOptions =
        serde_json::from_str(options_json).map_err(|error| Failure::bad_usage(error.to_string()))?;
    let targets: Result<Vec<_>, Failure> = options
        .targets
        .into_iter()
        .map(|Target { arch, config }| Ok((find_arch(&arch)?, config)))
        .collect();
    Ok(ChangeRequest {
        before: Revision::find(&options.path, &options.before)?,
        after: Revision::find(&options.path, &options.after)?,
        targets: targets?,
        is_partial: options.partial,
        cache: Cache::new(options.cache_dir),
    })
}

fn find_arch(name: &str) -> Result<&'static Arch, Failure> {
    arch::find(name).ok_or_else(|| Failure::bad_usage(format!("unknown architecture '{name}'")))
}

/// The request that `options_json` spells.
pub fn parse(options_json: &str) -> Result<SourceRequest, Failure> {
    let options: Options = serde_json::from_str(options_json).map_err(|error| Failure::bad_usage(error.to_string()))?;
    let arch = find_arch(&options.arch)?;
    let place = match options.kind {
        Kind::Tree => Place::Directory(options.path),
        Kind::Git => {
            let revision = options.rev.unwrap_or_else(|| "HEAD".to_owned());
            Place::Revision {
                repository: options.path,
                revision,
            }
        }
    };
    Ok(SourceRequest {
        place,
        arch,
        config: options.config,
        cache: Cache::new(options.cache_dir),
        is_kept: options.is_kept,
    })
}
