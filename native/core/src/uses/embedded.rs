//! Finds BPF objects in files: an ELF file for BPF, one that an executable carries in its data, one that a skeleton header or
//! other source has written down as a string or as numbers.

use std::borrow::Cow;

use memchr::memmem;

const MAGIC: &[u8] = b"\x7fELF";
/// `EM_BPF`.
const MACHINE: [u8; 2] = [247, 0];
/// The most objects that are read of one file.
const MAX_OBJECTS: usize = 64;
/// The most bytes of one object that stands in a file as text.
const MAX_BYTES: usize = 64 << 20;

/// How source text spells the magic number.
const SPELLINGS: [&[u8]; 5] = [
    b"\\x7f\\x45\\x4c\\x46",
    b"\\x7fELF",
    b"\\177ELF",
    b"0x7f, 0x45, 0x4c, 0x46",
    b"127, 69, 76, 70",
];

/// The objects in a file, at most [`MAX_OBJECTS`].
pub fn objects(bytes: &[u8]) -> Vec<Cow<'_, [u8]>> {
    let mut out: Vec<Cow<[u8]>> = Vec::new();
    if bytes.starts_with(MAGIC) {
        let places = memmem::find_iter(bytes, MAGIC).filter(|&at| is_bpf(&bytes[at..]));
        out.extend(places.take(MAX_OBJECTS).map(|at| Cow::Borrowed(&bytes[at..])));
        return out;
    }
    for spelling in SPELLINGS {
        let is_number = spelling[0] != b'\\';
        for at in memmem::find_iter(bytes, spelling) {
            if out.len() >= MAX_OBJECTS {
                return out;
            }
            let found = if is_number {
                numbers(&bytes[at..])
            } else {
                string(&bytes[at..])
            };
            if is_bpf(&found) {
                out.push(Cow::Owned(found));
            }
        }
    }
    out
}

/// Whether an ELF file of 64 bits, little-endian, for BPF begins here.
fn is_bpf(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC) && bytes.get(4..6) == Some(&[2, 1]) && bytes.get(18..20) == Some(&MACHINE)
}

/// The bytes of the string literals that go on here, within quotes already; adjacent ones are one.
fn string(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        at += 1;
        match byte {
            b'"' => {
                let gap = text[at..]
                    .iter()
                    .take_while(|b| b.is_ascii_whitespace() || **b == b'\\')
                    .count();
                if text.get(at + gap) != Some(&b'"') {
                    break;
                }
                at += gap + 1;
            }
            b'\\' => at += escape(&text[at..], &mut out),
            b'\n' => break,
            _ => out.push(byte),
        }
        if out.len() > MAX_BYTES {
            break;
        }
    }
    out
}

/// The byte that an escape sequence means, without its backslash; the characters it has.
fn escape(text: &[u8], out: &mut Vec<u8>) -> usize {
    let digits = |from: usize, radix: u32, most: usize| {
        let digits = text
            .iter()
            .skip(from)
            .take(most)
            .map_while(|byte| char::from(*byte).to_digit(radix));
        digits.fold((0_u32, 0), |(value, count), digit| (value * radix + digit, count + 1))
    };
    let (byte, length) = match text.first() {
        Some(b'x') => {
            let (value, count) = digits(1, 16, 2);
            (value as u8, 1 + count)
        }
        Some(b'0'..=b'7') => {
            let (value, count) = digits(0, 8, 3);
            (value as u8, count)
        }
        // A line that goes on.
        Some(b'\n') => return 1,
        Some(letter) => {
            let byte = match letter {
                b'n' => b'\n',
                b't' => b'\t',
                b'r' => b'\r',
                b'a' => 7,
                b'b' => 8,
                b'f' => 12,
                b'v' => 11,
                other => *other,
            };
            (byte, 1)
        }
        None => return 0,
    };
    out.push(byte);
    length
}

/// The bytes of a list of numbers.
fn numbers(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for word in text.split(|byte| *byte == b',') {
        let word = std::str::from_utf8(word).unwrap_or_default().trim();
        let value = match word.strip_prefix("0x") {
            Some(hex) => u8::from_str_radix(hex, 16),
            None => word.parse(),
        };
        match value {
            Ok(value) if out.len() < MAX_BYTES => out.push(value),
            _ => {
                // The last one stands before the closing bracket.
                let last: String = word.chars().take_while(char::is_ascii_digit).collect();
                out.extend(last.parse::<u8>());
                break;
            }
        }
    }
    out
}
