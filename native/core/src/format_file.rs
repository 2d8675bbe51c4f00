//! Reads tracefs `format` files: what a running kernel says of the records of its events.
//! A file that is cut off or makes no sense gives a [`Problem`] and no event: half a record is never taken for a whole one.
//!
//! The kernel prints them in `kernel/trace/trace_events.c` (`f_show`): `name:`, `ID:`, `format:`, the common fields, a blank
//! line, the event's own fields, a blank line, `print fmt:`.

use memchr::{memchr, memchr_iter};

use crate::problem::Problem;
use crate::snapshot::{Event, Field, FieldKind, Print};

/// Real kernels have one set of common fields; more than this many comes from a hostile dump.
const MAX_HEADERS: usize = 16;

/// Collects the events of one kernel from its format files.
#[derive(Debug, Default)]
pub struct FormatReader {
    events: Vec<Event>,
    problems: Vec<Problem>,
    headers: Vec<Header>,
}

/// All that the format files of one kernel say.
#[derive(Debug, Default)]
pub struct Formats {
    /// The fields every record begins with.
    pub common_fields: Vec<Field>,
    /// The events in the order in which they were read.
    pub events: Vec<Event>,
    /// Files that could not be read, and events whose common fields are not those of the others.
    pub problems: Vec<Problem>,
}

/// The common fields as one or more files spell them. All files of a kernel share one text, so it is parsed once.
#[derive(Debug)]
struct Header {
    text: String,
    fields: Vec<Field>,
    lines: u32,
    files: usize,
    first: String,
}

impl FormatReader {
    /// Reads one format file, `events/<system>/<name>/format`.
    pub fn read(&mut self, system: &str, name: &str, text: &[u8]) {
        let text = String::from_utf8_lossy(text);
        match self.parse(system, name, &text) {
            Ok(event) => self.events.push(event),
            Err(Broken { code, message, line }) => self.problems.push(Problem {
                code,
                message,
                file: Some(path(system, name)),
                line: Some(line),
                event: Some(format!("{system}:{name}")),
            }),
        }
    }

    /// How many files were read so far.
    pub fn files_read(&self) -> usize {
        self.events.len() + self.problems.len()
    }

    /// All that was read. The common fields are those of most files; files with others are a problem.
    pub fn finish(mut self) -> Formats {
        // The sort is stable, so between equals the first one read wins.
        self.headers.sort_by_key(|header| std::cmp::Reverse(header.files));
        let mut headers = self.headers.into_iter();
        let common_fields = headers.next().map(|header| header.fields).unwrap_or_default();
        for Header { files, first, .. } in headers {
            self.problems.push(Problem {
                code: "common-fields-differ",
                message: format!("{files} format files have other common fields than the rest, this is the first"),
                file: Some(first),
                line: None,
                event: None,
            });
        }
        Formats {
            common_fields,
            events: self.events,
            problems: self.problems,
        }
    }

    fn parse(&mut self, system: &str, name: &str, text: &str) -> Result<Event, Broken> {
        let mut lines = Lines { rest: text, line: 0 };
        let stated = lines.expect("name:")?;
        if stated != name {
            return Err(lines.broken(
                "format-unreadable",
                format!("file of event '{name}' says 'name: {stated}'"),
            ));
        }
        lines.expect("ID:")?;
        lines.expect("format:")?;
        let header = self.header(system, name, &mut lines)?;
        let fields = lines.fields()?;
        let print = lines.print()?;
        self.headers[header].files += 1;
        Ok(Event {
            system: system.into(),
            name: name.into(),
            fields,
            print: Some(print),
            ..Event::default()
        })
    }

    /// Index of the common fields that `lines` begin with; moves past them and the blank line after them.
    fn header(&mut self, system: &str, name: &str, lines: &mut Lines) -> Result<usize, Broken> {
        if let Some(index) = self
            .headers
            .iter()
            .position(|header| lines.rest.starts_with(&header.text))
        {
            let Header { text, lines: count, .. } = &self.headers[index];
            lines.rest = &lines.rest[text.len()..];
            lines.line += count;
            return Ok(index);
        }
        let (before, first_line) = (lines.rest, lines.line);
        let fields = lines.fields()?;
        if self.headers.len() == MAX_HEADERS {
            return Err(lines.broken(
                "format-unreadable",
                "common fields unlike those of all other files".into(),
            ));
        }
        let text = before[..before.len() - lines.rest.len()].to_owned();
        let lines = lines.line - first_line;
        self.headers.push(Header {
            text,
            fields,
            lines,
            files: 0,
            first: path(system, name),
        });
        Ok(self.headers.len() - 1)
    }
}

fn path(system: &str, name: &str) -> String {
    format!("events/{system}/{name}/format")
}

/// Why a file gives no event.
struct Broken {
    code: &'static str,
    message: String,
    line: u32,
}

/// The lines of a file that are still to be read; `line` counts those taken.
struct Lines<'a> {
    rest: &'a str,
    line: u32,
}

impl<'a> Lines<'a> {
    /// The next line that is complete.
    fn next(&mut self) -> Result<&'a str, Broken> {
        self.line += 1;
        let end = memchr(b'\n', self.rest.as_bytes()).ok_or_else(|| self.truncated())?;
        let line = &self.rest[..end];
        self.rest = &self.rest[end + 1..];
        Ok(line)
    }

    /// What follows `label` on the next line, which must begin with it.
    fn expect(&mut self, label: &str) -> Result<&'a str, Broken> {
        let line = self.next()?;
        let value = line.strip_prefix(label).ok_or_else(|| self.unreadable(label, line))?;
        Ok(value.trim())
    }

    /// The fields up to and including the next blank line.
    fn fields(&mut self) -> Result<Vec<Field>, Broken> {
        let mut fields = Vec::with_capacity(8);
        loop {
            let line = self.next()?;
            if line.is_empty() {
                return Ok(fields);
            }
            fields.push(field(line).ok_or_else(|| self.unreadable("\tfield:TYPE NAME;\toffset:N;\tsize:N;", line))?);
        }
    }

    /// The print format: the rest of the file, because a literal may hold line breaks.
    fn print(mut self) -> Result<Print, Broken> {
        let label = "print fmt:";
        if !self.rest.starts_with(label) {
            let line = self.next()?;
            return Err(self.unreadable(label, line));
        }
        self.line += 1;
        let text = self.rest[label.len()..]
            .strip_suffix('\n')
            .ok_or_else(|| self.truncated())?;
        let text = text.strip_prefix(' ').unwrap_or(text);
        let Some(literal) = text.strip_prefix('"') else {
            // Nothing at all, or an expression in place of a literal.
            return Ok(Print {
                args: text.trim().into(),
                ..Print::default()
            });
        };
        let end = literal_end(literal).ok_or_else(|| self.truncated())?;
        let args = literal[end + 1..].trim_start_matches([',', ' ']);
        Ok(Print {
            format: literal[..end].into(),
            args: args.into(),
            ..Print::default()
        })
    }

    fn truncated(&self) -> Broken {
        self.broken("format-truncated", "format file ends in the middle".into())
    }

    fn unreadable(&self, expected: &str, seen: &str) -> Broken {
        let shown: String = seen.chars().take(80).collect();
        self.broken(
            "format-unreadable",
            format!("expected '{}', saw '{shown}'", expected.trim_start()),
        )
    }

    fn broken(&self, code: &'static str, message: String) -> Broken {
        Broken {
            code,
            message,
            line: self.line,
        }
    }
}

/// Where the quote stands that ends a literal.
///
/// `TP_printk` literals are printed as the compiler left them: escapes resolved, so a literal can hold line breaks and bare
/// quotes (`"c=%x "%s"", REC->call`), adjacent ones already one. Those of `F_printk` (system `ftrace`) are printed as they
/// stand in the source: `"a\n" "b\n", REC->x`. In both a comma and a space, or nothing, follow the end. Arguments are printed
/// as source text, where quotes come in pairs, so an odd number after a place means that it lies inside the literal.
fn literal_end(literal: &str) -> Option<usize> {
    let bytes = literal.as_bytes();
    let escaped = |at: usize| bytes[..at].iter().rev().take_while(|&&byte| byte == b'\\').count() % 2 == 1;
    let quotes: Vec<usize> = memchr_iter(b'"', bytes).filter(|&at| !escaped(at)).collect();
    let ends = |at: usize| bytes.len() == at + 1 || bytes[at + 1..].starts_with(b", ");
    let candidates = || quotes.iter().enumerate().filter(|&(_, &at)| ends(at));
    let paired = candidates().find(|&(index, _)| (quotes.len() - index) % 2 == 1);
    paired.or_else(|| candidates().next()).map(|(_, &at)| at)
}

/// One line: `\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;`.
/// Kernels before 2.6.33 lack `signed:`, the earliest ones mark some fields with `field special:`.
fn field(line: &str) -> Option<Field> {
    let line = line.trim_start().strip_prefix("field")?;
    let line = line.strip_prefix(" special").unwrap_or(line).strip_prefix(':')?;
    let (declaration, properties) = line.split_once(';')?;
    let (mut offset, mut size, mut signed) = (None, None, None);
    for property in properties.split(';') {
        let Some((key, value)) = property.trim_start().split_once(':') else {
            continue;
        };
        match key {
            "offset" => offset = Some(value.parse().ok()?),
            "size" => size = Some(value.parse().ok()?),
            "signed" => signed = Some(value != "0"),
            _ => {}
        }
    }
    // A line that was cut off between two properties lacks its last semicolon.
    if !properties.ends_with(';') {
        return None;
    }
    declared(declaration, offset?, size?, signed)
}

/// The field that `unsigned char comm[16]` or the like declares.
fn declared(declaration: &str, offset: u32, size: u32, signed: Option<bool>) -> Option<Field> {
    let declaration = declaration.trim();
    let mut base = declaration;
    while let Some(open) = base.strip_suffix(']').and_then(|inner| inner.rfind('[')) {
        base = base[..open].trim_end();
    }
    let brackets = declaration[base.len()..].trim_start();
    let element = base.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_');
    let (name, r#type) = if element.len() < base.len() {
        (&base[element.len()..], [element.trim_end(), brackets].concat())
    } else {
        pointer_to_function(declaration)?
    };
    if r#type.is_empty() {
        return None;
    }
    let kind = match r#type.split_once(' ') {
        Some(("__data_loc", _)) => FieldKind::Dynamic,
        Some(("__rel_loc", _)) => FieldKind::Relative,
        _ if brackets.is_empty() => FieldKind::Scalar,
        _ => FieldKind::Array,
    };
    let length = if kind == FieldKind::Array {
        array_length(brackets, element, size)
    } else {
        None
    };
    Some(Field {
        name: name.into(),
        r#type,
        offset: Some(offset),
        size: Some(size),
        signed,
        kind,
        length,
        ..Field::default()
    })
}

/// Name and type of `void (*function)(struct work_struct *)`: the one declarator whose name is not at its end.
fn pointer_to_function(declaration: &str) -> Option<(&str, String)> {
    let start = declaration.find("(*")? + "(*".len();
    let end = start + declaration[start..].find(')')?;
    let name = declaration[start..end].rsplit([' ', '*']).next()?;
    if name.is_empty() {
        return None;
    }
    Some((name, [&declaration[..end - name.len()], &declaration[end..]].concat()))
}

/// Number of elements of an array with these `[...]`. Some kernels print a macro there (`[TASK_COMM_LEN]`); the size then
/// tells the number, where the size of one element is the same on every architecture.
fn array_length(brackets: &str, element: &str, size: u32) -> Option<u32> {
    let dimensions = brackets
        .split(']')
        .filter_map(|part| part.trim_start().strip_prefix('['));
    dimensions
        .map(|text| {
            if text.trim().is_empty() {
                Some(0)
            } else {
                text.trim().parse().ok()
            }
        })
        .try_fold(1u32, |product, length: Option<u32>| product.checked_mul(length?))
        .or_else(|| Some(size / element_size(element.trim())?))
}

fn element_size(r#type: &str) -> Option<u32> {
    Some(match r#type.strip_prefix("const ").unwrap_or(r#type) {
        "char" | "signed char" | "unsigned char" | "u8" | "__u8" | "uint8_t" | "s8" | "__s8" | "int8_t" | "bool" => 1,
        "short" | "unsigned short" | "u16" | "__u16" | "uint16_t" | "s16" | "__s16" | "int16_t" | "__le16"
        | "__be16" => 2,
        "int" | "unsigned int" | "unsigned" | "u32" | "__u32" | "uint32_t" | "s32" | "__s32" | "int32_t" | "__le32"
        | "__be32" => 4,
        "long long" | "unsigned long long" | "u64" | "__u64" | "uint64_t" | "s64" | "__s64" | "int64_t" | "__le64"
        | "__be64" => 8,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
