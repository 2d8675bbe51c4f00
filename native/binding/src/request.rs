//! Options from JavaScript, as JSON text, to a request in Rust types.

use std::path::PathBuf;

use serde::Deserialize;
use tpabi_core::arch;
use tpabi_tree::cache::Cache;
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

/// The request that `options_json` spells.
pub fn parse(options_json: &str) -> Result<SourceRequest, Failure> {
    let options: Options = serde_json::from_str(options_json).map_err(|error| Failure::bad_usage(error.to_string()))?;
    let arch = arch::find(&options.arch)
        .ok_or_else(|| Failure::bad_usage(format!("unknown architecture '{}'", options.arch)))?;
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
    })
}
