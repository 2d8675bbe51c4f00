//! The snapshot: everything that consumers of tracepoints can rely on in one kernel, as plain data.
//! Mirrors `src/snapshot/model.ts` and `docs/snapshot.schema.json`; every reader of the native core fills this one shape.
//! All lists are sorted by the writer (see [`Snapshot::sort`]), so the same input gives the same bytes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::problem::Problem;

/// One kernel, as far as its source of facts knows it.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// Version of this format; [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Which kernel this is and where the facts came from.
    pub kernel: Kernel,
    /// What the source of the facts can know; a fact that is not known is absent, not empty.
    pub knows: Knows,
    /// Fields that every record begins with (`struct trace_entry`), offsets in bytes from the start of the record.
    pub common_fields: Vec<Field>,
    /// All events, sorted by system and name.
    pub events: Vec<Event>,
    /// All tracepoints with the arguments of their `TP_PROTO`, sorted by name.
    pub tracepoints: Vec<Tracepoint>,
    /// Records of event classes, sorted by name; only BTF has them apart from the events.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<Class>,
    /// What BPF programs on `syscalls:*` get instead of the record, sorted by name: `sys_enter`, `sys_exit`. Offsets in bytes
    /// from the start of the context.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contexts: Vec<Class>,
    /// Values of enum constants and macros that events name in print formats.
    pub enums: BTreeMap<String, i64>,
    /// What was seen and not understood.
    pub problems: Vec<Problem>,
}

/// The version of the snapshot format that this code writes.
pub const SCHEMA_VERSION: u32 = 1;

/// Identity of a kernel.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Kernel {
    /// Release such as `6.12.117` or `6.1.0-56-amd64`; empty where the source does not say it.
    pub version: String,
    /// Architecture as tpabi spells it: `x86_64`, `i386`, `arm64`, `arm`, `riscv64`, `s390x`, `ppc64le`; empty if unknown.
    pub arch: String,
    /// Which kinds of source the facts came from: `source`, `tracefs`, `btf`.
    pub origin: Vec<String>,
    /// The git revision as the user wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#ref: Option<String>,
    /// Full object id of the commit (or tree) that was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Digest of the configuration that conditions were evaluated with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<String>,
}

/// What a source of facts can know at all.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(
    clippy::struct_excessive_bools,
    reason = "seven independent claims, each a yes or no of the public format"
)]
pub struct Knows {
    /// Offsets, sizes and signedness of fields.
    pub layout: bool,
    /// Type text of fields.
    pub types: bool,
    /// Arguments of tracepoints.
    pub args: bool,
    /// Print formats.
    pub print_format: bool,
    /// Values of enums and symbols.
    pub values: bool,
    /// Files and lines.
    pub locations: bool,
    /// Whether an event that is absent does not exist in that kernel.
    pub existence: bool,
}

/// One trace event.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Event {
    /// `TRACE_SYSTEM`, such as `sched`.
    pub system: String,
    /// Name without the system, such as `sched_switch`.
    pub name: String,
    /// Event class (`trace_event_raw_<class>` is the record's struct).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Name of the tracepoint the event is attached to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracepoint: Option<String>,
    /// Own fields in the order of the record, without the common ones.
    pub fields: Vec<Field>,
    /// How the record is printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub print: Option<Print>,
    /// Condition under which the event exists, where it was not evaluated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Where it is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}

/// One field of a record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Field {
    /// Member name.
    pub name: String,
    /// Type as tracefs spells it, array length included: `pid_t`, `char[16]`, `__data_loc char[]`.
    pub r#type: String,
    /// Bytes from the start of the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u32>,
    /// Bytes in the record; 4 for the location word of a dynamic field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u32>,
    /// Whether a reader sign-extends it; absent where the format file of an old kernel does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed: Option<bool>,
    /// How the value is stored.
    pub kind: FieldKind,
    /// Elements of an array.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<u32>,
    /// Condition under which the field exists, where it was not evaluated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Where it is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}

/// How a field's value is stored in the record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldKind {
    /// In place, one value (or one struct).
    #[default]
    Scalar,
    /// In place, a fixed number of elements.
    Array,
    /// `__data_loc`: a word of 16 bits length and 16 bits offset from the start of the record.
    Dynamic,
    /// `__rel_loc`: the same, the offset counted from the end of that word.
    Relative,
}

/// A print format: the literal and the expressions after it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Print {
    /// The text between the quotes, escapes left as they stand.
    pub format: String,
    /// The argument text after the literal's comma, as tracefs prints it.
    pub args: String,
    /// Tables of `__print_symbolic` and `__print_flags`: the expression printed -> label -> value.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub symbols: BTreeMap<String, BTreeMap<String, i64>>,
}

/// The record of an event class: `struct trace_event_raw_<name>`, which CO-RE programs read.
/// Two modules can have classes of one name with different records; then both are there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Class {
    /// Name without `trace_event_raw_`.
    pub name: String,
    /// Own fields in the order of the record, without the common ones. A `__data_loc_x` member is the dynamic field `x`.
    pub fields: Vec<Field>,
    /// Bytes of the struct, its padding included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u32>,
}

/// One tracepoint.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Tracepoint {
    /// Name as `register_trace_<name>` has it.
    pub name: String,
    /// Arguments of `TP_PROTO`, in order; none for `TP_PROTO(void)`.
    pub args: Vec<Arg>,
    /// Declared by `DECLARE_TRACE` alone: no event, no format file.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub bare: bool,
    /// A writable raw tracepoint: the size in bytes of its first argument's buffer is fixed by the kernel.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub writable: bool,
    /// Condition under which it exists, where it was not evaluated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Where it is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}

/// One argument of a tracepoint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Arg {
    /// Name; empty where the source of facts has none.
    pub name: String,
    /// Type text, one space between words, `*` after a space.
    pub r#type: String,
    /// Whether the kernel declares that it may be NULL; absent where unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nullable: Option<bool>,
    /// The kernel declares that it may hold an error code, so the verifier takes it for a number.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub error: bool,
}

/// A place in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Location {
    /// Path relative to the root of the kernel tree.
    pub file: String,
    /// Line, counted from 1.
    pub line: u32,
}

impl Snapshot {
    /// Puts all lists into the order of the public format.
    pub fn sort(&mut self) {
        self.events
            .sort_by(|a, b| (&a.system, &a.name, &a.location).cmp(&(&b.system, &b.name, &b.location)));
        self.tracepoints
            .sort_by(|a, b| (&a.name, &a.location).cmp(&(&b.name, &b.location)));
        self.classes.sort_by(|a, b| a.name.cmp(&b.name));
        self.contexts.sort_by(|a, b| a.name.cmp(&b.name));
        self.problems.sort();
        self.problems.dedup();
    }
}
