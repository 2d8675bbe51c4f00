//! Unpacks files that may be packed with gzip, xz or zstd, in memory and in one pass. What a file is, its first bytes say, not
//! its name; more than a limit is never unpacked.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use crate::error::TreeError;

/// Memory an xz decoder may ask for; `xz -9` needs 65 MiB.
const MAX_XZ_MEMORY: u64 = 256 << 20;
/// How much is looked at to tell what a file is: the first block of a tar.
const HEAD_BYTES: u64 = 512;

/// The content of a file, unpacked while it is read.
pub(crate) struct Unpacked {
    head: Vec<u8>,
    /// Bytes of `head` that were read already.
    taken: usize,
    rest: Bounded<Box<dyn Read>>,
    is_packed: bool,
}

impl Unpacked {
    /// Begins to unpack a file; reading more than `limit_bytes` of it fails (see [`failure`]).
    pub fn new(file: File, limit_bytes: u64) -> io::Result<Self> {
        let mut packed = BufReader::new(file);
        let magic = packed.fill_buf()?;
        let mut is_packed = true;
        let inner: Box<dyn Read> = if magic.starts_with(&[0x1f, 0x8b]) {
            Box::new(flate2::bufread::MultiGzDecoder::new(packed))
        } else if magic.starts_with(b"\xfd7zXZ\0") {
            let stream = liblzma::stream::Stream::new_stream_decoder(MAX_XZ_MEMORY, liblzma::stream::CONCATENATED)?;
            Box::new(liblzma::bufread::XzDecoder::new_stream(packed, stream))
        } else if magic.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            Box::new(ruzstd::decoding::StreamingDecoder::new(packed).map_err(io::Error::other)?)
        } else {
            is_packed = false;
            Box::new(packed)
        };
        let mut rest = Bounded {
            inner,
            left: limit_bytes,
            ended: false,
        };
        let mut head = Vec::new();
        rest.by_ref().take(HEAD_BYTES).read_to_end(&mut head)?;
        Ok(Self {
            head,
            taken: 0,
            rest,
            is_packed,
        })
    }

    /// The first bytes of the content, as far as there are any.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// Whether the file is packed.
    pub fn is_packed(&self) -> bool {
        self.is_packed
    }

    /// Whether the content is a tar, or blocks of zeros, which are an empty one.
    pub fn is_tar(&self) -> bool {
        !self.head.is_empty() && (self.head.get(257..262) == Some(b"ustar") || self.head.iter().all(|&byte| byte == 0))
    }

    /// Whether the end of the content was seen.
    pub fn ended(&self) -> bool {
        self.rest.ended
    }
}

impl Read for Unpacked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut head = &self.head[self.taken..];
        if head.is_empty() {
            return self.rest.read(buffer);
        }
        let count = head.read(buffer)?;
        self.taken += count;
        Ok(count)
    }
}

/// Ends with an error, not silently, where more is read than allowed; knows whether the end of the file was seen.
struct Bounded<R> {
    inner: R,
    left: u64,
    ended: bool,
}

/// Marks the error of [`Bounded`] among those of the decoders.
#[derive(Debug, thiserror::Error)]
#[error("unpacks to too much")]
struct TooMuch;

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.ended |= count == 0 && !buffer.is_empty();
        self.left = self
            .left
            .checked_sub(count as u64)
            .ok_or_else(|| io::Error::other(TooMuch))?;
        Ok(count)
    }
}

/// Why unpacking the file at `path` failed: it holds more than `limit_bytes`, or it is damaged.
pub(crate) fn failure(path: &Path, error: &io::Error, limit_bytes: u64) -> TreeError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(inner) = cause {
        let nested = inner.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if inner.is::<TooMuch>() || nested.is_some_and(<dyn std::error::Error + Send + Sync>::is::<TooMuch>) {
            return TreeError::LimitExceeded {
                path: path.display().to_string(),
                what: "unpacks to too much",
                limit: format!("{} MiB", limit_bytes >> 20),
            };
        }
        cause = inner.source();
    }
    TreeError::BadArchive {
        path: path.display().to_string(),
        reason: error.to_string(),
    }
}
