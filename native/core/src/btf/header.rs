//! The header of a blob and the two sections behind it, types and names. A section that is cut off is what there is of it.

/// `BTF_MAGIC`; read the wrong way round, it tells the byte order.
pub(super) const MAGIC: u16 = 0xeb9f;
/// `struct btf_header` up to and including `str_len`; newer kernels append to it and say so in `hdr_len`.
const HEADER_BYTES: usize = 24;
/// Whether these bytes begin as BTF does, in either byte order.
pub fn is_btf(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC.to_le_bytes()) || bytes.starts_with(&MAGIC.to_be_bytes())
}

/// Whether a blob continues another one: its ids and strings count on from those of its base.
///
/// The strings of a blob that stands alone begin with the empty name; those of a split one do not (`btf_parse_str_sec` in
/// kernel/bpf/btf.c). Strings that were cut off tell nothing.
pub fn is_split(bytes: &[u8]) -> bool {
    Sections::read(bytes, &mut |_, _| {})
        .is_some_and(|sections| sections.strings.first().is_some_and(|first| *first != 0))
}

/// The word at `at`, if there is one.
pub(super) fn read_u32(bytes: &[u8], at: usize, big_endian: bool) -> Option<u32> {
    let word: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(if big_endian {
        u32::from_be_bytes(word)
    } else {
        u32::from_le_bytes(word)
    })
}

/// The two parts of a blob behind its header.
#[derive(Debug, Default)]
pub(super) struct Sections<'a> {
    pub big_endian: bool,
    pub types: &'a [u8],
    pub strings: &'a [u8],
}

impl<'a> Sections<'a> {
    /// The sections of a blob, unless it is none.
    pub fn read(bytes: &'a [u8], problem: &mut dyn FnMut(&'static str, String)) -> Option<Self> {
        if !is_btf(bytes) {
            problem(
                "btf-unreadable",
                "it does not begin with the magic number of BTF".into(),
            );
            return None;
        }
        let big_endian = bytes.starts_with(&MAGIC.to_be_bytes());
        let word = |at| read_u32(bytes, at, big_endian).map(|word| word as usize);
        let header = || Some([word(4)?, word(8)?, word(12)?, word(16)?, word(20)?]);
        let Some([header_bytes, type_at, type_bytes, string_at, string_bytes]) = header() else {
            problem("btf-truncated", "its header is cut off".into());
            return None;
        };
        if bytes[2] != 1 || header_bytes < HEADER_BYTES {
            let version = bytes[2];
            let message =
                format!("its header has version {version} and {header_bytes} bytes, expected 1 and {HEADER_BYTES}");
            problem("btf-unreadable", message);
            return None;
        }
        let mut section = |name: &str, at: usize, length: usize| {
            let rest = bytes.get(header_bytes.saturating_add(at)..).unwrap_or_default();
            if rest.len() < length {
                let missing = length - rest.len();
                problem(
                    "btf-truncated",
                    format!("its {name} lack the last {missing} of {length} bytes"),
                );
            }
            &rest[..rest.len().min(length)]
        };
        Some(Self {
            big_endian,
            types: section("types", type_at, type_bytes),
            strings: section("names", string_at, string_bytes),
        })
    }
}
