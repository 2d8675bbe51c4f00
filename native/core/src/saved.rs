//! The text of a saved snapshot: what `encode` of `src/snapshot/codec.ts` writes, byte for byte, so that a snapshot which is
//! only to be saved need not be taken apart and put together again.
//! One event and one tracepoint a line; keys in order; a field's location leaves out the file of its event.

use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::problem::Problem;
use crate::snapshot::{Arg, Class, Event, Field, FieldKind, Location, Print, Snapshot, Tracepoint};

/// The text of a snapshot file.
pub fn encode(snapshot: &Snapshot) -> serde_json::Result<String> {
    let mut out = Text(Vec::with_capacity(BYTES_PER_EVENT * snapshot.events.len()));
    out.push("{\n\"schemaVersion\": ");
    out.value(&snapshot.schema_version)?;
    out.key("kernel");
    out.value(&serde_json::to_value(&snapshot.kernel)?)?;
    out.key("knows");
    out.value(&serde_json::to_value(snapshot.knows)?)?;
    out.list(
        "commonFields",
        snapshot.common_fields.iter().map(|f| SavedField::new(f, None)),
    )?;
    out.list("events", snapshot.events.iter().map(SavedEvent::from))?;
    out.list("tracepoints", snapshot.tracepoints.iter().map(SavedTracepoint::from))?;
    for (key, classes) in [("classes", &snapshot.classes), ("contexts", &snapshot.contexts)] {
        if !classes.is_empty() {
            out.list(key, classes.iter().map(SavedClass::from))?;
        }
    }
    out.record("enums", &snapshot.enums)?;
    out.list("problems", snapshot.problems.iter().map(SavedProblem::from))?;
    out.push("\n}\n");
    // serde_json writes UTF-8.
    Ok(String::from_utf8(out.0).unwrap_or_default())
}

/// About what an event takes, with its tracepoint: room for all is made at once.
const BYTES_PER_EVENT: usize = 1500;

/// The text so far.
struct Text(Vec<u8>);

impl Text {
    fn push(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    fn value(&mut self, value: &impl Serialize) -> serde_json::Result<()> {
        serde_json::to_writer(&mut self.0, value)
    }

    /// Begins what is kept under a key.
    fn key(&mut self, key: &str) {
        for part in [",\n\"", key, "\": "] {
            self.push(part);
        }
    }

    /// A list with an item a line.
    fn list(&mut self, key: &str, items: impl Iterator<Item = impl Serialize>) -> serde_json::Result<()> {
        self.lines(key, ["[", "]"], items, |out, item| out.value(&item))
    }

    /// A record with a value a line.
    fn record(&mut self, key: &str, values: &BTreeMap<String, i64>) -> serde_json::Result<()> {
        self.lines(key, ["{", "}"], values.iter(), |out, (name, value)| {
            out.value(name)?;
            out.push(": ");
            out.value(&Number(*value))
        })
    }

    /// Items between brackets, each on a line of its own.
    fn lines<I>(
        &mut self,
        key: &str,
        [open, close]: [&str; 2],
        items: impl Iterator<Item = I>,
        write: impl Fn(&mut Self, I) -> serde_json::Result<()>,
    ) -> serde_json::Result<()> {
        self.key(key);
        self.push(open);
        let start = self.0.len();
        for item in items {
            self.push(if self.0.len() == start { "\n" } else { ",\n" });
            write(self, item)?;
        }
        if self.0.len() > start {
            self.push("\n");
        }
        self.push(close);
        Ok(())
    }
}

/// A number as JavaScript has it: beyond 2^53 it is the nearest that a double can be.
struct Number(i64);

const LARGEST_EXACT: u64 = 1 << 53;

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.unsigned_abs() <= LARGEST_EXACT {
            return serializer.serialize_i64(self.0);
        }
        // The shortest digits that mean this double, and zeros for the rest: `9.223372036854776e18`.
        #[allow(clippy::cast_precision_loss, reason = "the loss is what JavaScript has too")]
        let text = format!("{:e}", self.0 as f64);
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let exponent: usize = exponent.parse().unwrap_or(0);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let integer = format!("{whole}{fraction:0<exponent$}");
        // At most 19 digits, but for the one number that rounding makes too large.
        match integer.parse::<i64>() {
            Ok(number) => serializer.serialize_i64(number),
            Err(_) => serializer.serialize_i128(integer.parse().unwrap_or(i128::from(self.0))),
        }
    }
}

#[derive(Serialize)]
struct SavedEvent<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    class: &'a Option<String>,
    fields: Vec<SavedField<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: &'a Option<Location>,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    print: Option<SavedPrint<'a>>,
    system: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tracepoint: &'a Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    when: &'a Option<String>,
}

impl<'a> From<&'a Event> for SavedEvent<'a> {
    fn from(event: &'a Event) -> Self {
        let file = event.location.as_ref().map(|location| location.file.as_str());
        SavedEvent {
            class: &event.class,
            fields: event.fields.iter().map(|field| SavedField::new(field, file)).collect(),
            location: &event.location,
            name: &event.name,
            print: event.print.as_ref().map(SavedPrint::from),
            system: &event.system,
            tracepoint: &event.tracepoint,
            when: &event.when,
        }
    }
}

#[derive(Serialize)]
struct SavedField<'a> {
    kind: FieldKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<SavedLocation<'a>>,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u32>,
    r#type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    when: &'a Option<String>,
}

impl<'a> SavedField<'a> {
    /// `known` is the file that a location need not name.
    fn new(field: &'a Field, known: Option<&str>) -> Self {
        SavedField {
            kind: field.kind,
            length: field.length,
            location: field.location.as_ref().map(|Location { file, line }| SavedLocation {
                file: Some(file.as_str()).filter(|file| Some(*file) != known),
                line: *line,
            }),
            name: &field.name,
            offset: field.offset,
            signed: field.signed,
            size: field.size,
            r#type: &field.r#type,
            when: &field.when,
        }
    }
}

#[derive(Serialize)]
struct SavedLocation<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    line: u32,
}

#[derive(Serialize)]
struct SavedPrint<'a> {
    args: &'a str,
    format: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    symbols: Option<Tables<'a>>,
}

impl<'a> From<&'a Print> for SavedPrint<'a> {
    fn from(print: &'a Print) -> Self {
        SavedPrint {
            args: &print.args,
            format: &print.format,
            symbols: Some(Tables(&print.symbols)).filter(|tables| !tables.0.is_empty()),
        }
    }
}

struct Tables<'a>(&'a BTreeMap<String, BTreeMap<String, i64>>);
struct Labels<'a>(&'a BTreeMap<String, i64>);

impl Serialize for Tables<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (expression, labels) in in_order(self.0) {
            map.serialize_entry(expression, &Labels(labels))?;
        }
        map.end()
    }
}

impl Serialize for Labels<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (label, value) in in_order(self.0) {
            map.serialize_entry(label, &Number(*value))?;
        }
        map.end()
    }
}

/// The entries as a JavaScript object has them, whose keys were set in order: array indexes come first, by number.
fn in_order<T>(map: &BTreeMap<String, T>) -> Vec<(&String, &T)> {
    let mut entries: Vec<_> = map.iter().collect();
    entries.sort_by_key(|(key, _)| array_index(key).unwrap_or(u32::MAX));
    entries
}

fn array_index(key: &str) -> Option<u32> {
    let index: u32 = key.parse().ok().filter(|index| *index < u32::MAX)?;
    (index.to_string() == key).then_some(index)
}

#[derive(Serialize)]
struct SavedTracepoint<'a> {
    args: Vec<SavedArg<'a>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    bare: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: &'a Option<Location>,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    when: &'a Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    writable: bool,
}

impl<'a> From<&'a Tracepoint> for SavedTracepoint<'a> {
    fn from(tracepoint: &'a Tracepoint) -> Self {
        SavedTracepoint {
            args: tracepoint.args.iter().map(SavedArg::from).collect(),
            bare: tracepoint.bare,
            location: &tracepoint.location,
            name: &tracepoint.name,
            when: &tracepoint.when,
            writable: tracepoint.writable,
        }
    }
}

#[derive(Serialize)]
struct SavedArg<'a> {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    error: bool,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    nullable: Option<bool>,
    r#type: &'a str,
}

impl<'a> From<&'a Arg> for SavedArg<'a> {
    fn from(arg: &'a Arg) -> Self {
        SavedArg {
            error: arg.error,
            name: &arg.name,
            nullable: arg.nullable,
            r#type: &arg.r#type,
        }
    }
}

#[derive(Serialize)]
struct SavedClass<'a> {
    fields: Vec<SavedField<'a>>,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u32>,
}

impl<'a> From<&'a Class> for SavedClass<'a> {
    fn from(class: &'a Class) -> Self {
        SavedClass {
            fields: class.fields.iter().map(|field| SavedField::new(field, None)).collect(),
            name: &class.name,
            size: class.size,
        }
    }
}

#[derive(Serialize)]
struct SavedProblem<'a> {
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: &'a Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: &'a Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    message: &'a str,
}

impl<'a> From<&'a Problem> for SavedProblem<'a> {
    fn from(problem: &'a Problem) -> Self {
        SavedProblem {
            code: problem.code,
            event: &problem.event,
            file: &problem.file,
            line: problem.line,
            message: &problem.message,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_javascript() {
        let text = |number| serde_json::to_string(&Number(number)).expect("a number is JSON");
        assert_eq!(text(-1), "-1");
        assert_eq!(text(9_007_199_254_740_992), "9007199254740992");
        assert_eq!(text(9_007_199_254_740_993), "9007199254740992");
        assert_eq!(text(i64::MIN), "-9223372036854776000");
        assert_eq!(text(i64::MAX), "9223372036854776000");
        assert_eq!(text(1 << 62), "4611686018427388000");
    }

    #[test]
    fn labels_that_are_numbers_come_first() {
        let map: BTreeMap<String, i64> = ["b", "10", "9", "a", "01", "4294967295"]
            .map(|key| (key.to_owned(), 0))
            .into();
        let keys: Vec<_> = in_order(&map).into_iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["9", "10", "01", "4294967295", "a", "b"]);
    }
}
