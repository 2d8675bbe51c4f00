//! What BTF says of tracepoints: their arguments, and the records of event classes. Modules repeat what they share with others,
//! so equal facts are one; unequal ones under one name both stay.

use rustc_hash::FxHashMap;

use super::blob::{Blob, Kind, Type};
use super::layout::resolved;
use super::record::Record;
use super::spell::spell_parameter;
use crate::problem::Problem;
use crate::snapshot::{Arg, Class, Field, Tracepoint};
use crate::syscall_context;

/// The type of a tracepoint's probes: `typedef void (*btf_trace_<name>)(void *__data, proto)` (`__DEFINE_EVENT` in
/// include/trace/bpf_probe.h).
const PROBE_TYPE: &str = "btf_trace_";
/// The function that calls a tracepoint's probes, with the same parameters and their names (`__DEFINE_TRACE` in
/// include/linux/tracepoint.h, since 5.10).
const ITERATOR: &str = "__traceiter_";
/// The record of an event class (include/trace/stages/stage1_struct_define.h).
const RECORD: &str = "trace_event_raw_";
/// An argument with such a name may be NULL (`btf_ctx_access` in kernel/bpf/btf.c, since 6.13).
const NULLABLE: &str = "__nullable";

/// The most tracepoints, the most classes, and the most members looked at; real kernels have a tenth of each.
const MAX_FACTS: usize = 100_000;
const MAX_MEMBERS: usize = 300_000;
/// The most unequal facts under one name; real kernels have two.
const MAX_VARIANTS: usize = 64;

/// All that the blobs of one kernel say of its tracepoints.
#[derive(Debug, Default)]
pub struct Facts {
    /// Members of `struct trace_entry`, as tracefs names them.
    pub common_fields: Vec<Field>,
    /// Tracepoints in the order in which they were read.
    pub tracepoints: Vec<Tracepoint>,
    /// Records of event classes in the order in which they were read.
    pub classes: Vec<Class>,
    /// What BPF programs on system call events get instead of the record.
    pub contexts: Vec<Class>,
    /// What was not understood.
    pub problems: Vec<Problem>,
}

/// Collects the facts of one kernel from its blobs.
#[derive(Debug, Default)]
pub struct Collector {
    facts: Facts,
    members: usize,
    /// Where the facts of each name stand in their list.
    tracepoints: FxHashMap<String, Vec<usize>>,
    classes: FxHashMap<String, Vec<usize>>,
}

impl Collector {
    /// Takes one blob into account, not its base; `file` is what problems call it.
    pub fn read(&mut self, file: &str, blob: &Blob) {
        let mut probes = Vec::new();
        let mut iterators: FxHashMap<&str, Type> = FxHashMap::default();
        for of in blob.ids().filter_map(|id| blob.get(id)) {
            match of.kind {
                Kind::Typedef => probes.extend(of.name_after(PROBE_TYPE).map(|name| (name, of))),
                Kind::Func => {
                    if let Some(name) = of.name_after(ITERATOR) {
                        iterators.insert(name, of);
                    }
                }
                Kind::Struct => {
                    if let Some(name) = of.name_after(RECORD) {
                        self.class(file, name, of);
                    } else if self.facts.common_fields.is_empty() && of.name_after("trace_entry") == Some("") {
                        self.facts.common_fields = common_fields(of);
                    } else if of.name_after(syscall_context::STRUCT) == Some("") {
                        self.context(of);
                    }
                }
                _ => {}
            }
        }
        for (name, probe) in probes {
            self.tracepoint(file, name, probe, iterators.get(name).copied());
        }
    }

    /// All that was read.
    pub fn finish(self) -> Facts {
        self.facts
    }

    /// Notes a problem of the blob called `file`.
    pub fn problem(&mut self, file: &str, code: &'static str, message: String) {
        if self.facts.problems.len() < MAX_FACTS {
            self.facts.problems.push(Problem {
                code,
                message,
                file: Some(file.to_owned()),
                line: None,
                event: None,
            });
        }
    }

    fn tracepoint(&mut self, file: &str, name: &str, probe: Type, iterator: Option<Type>) {
        let Some(args) = arguments(probe, iterator) else {
            return self.problem(
                file,
                "btf-unreadable-type",
                format!("type '{PROBE_TYPE}{name}' makes no sense"),
            );
        };
        let known = self.tracepoints.entry(name.to_owned()).or_default();
        if known.iter().any(|&index| self.facts.tracepoints[index].args == args) {
            return;
        }
        if self.facts.tracepoints.len() == MAX_FACTS || known.len() == MAX_VARIANTS {
            return self.problem(
                file,
                "btf-too-large",
                format!("too many tracepoints, '{name}' is left out"),
            );
        }
        known.push(self.facts.tracepoints.len());
        self.facts.tracepoints.push(Tracepoint {
            name: name.to_owned(),
            args,
            ..Tracepoint::default()
        });
    }

    /// The first member lies under the pointer that only helpers use, so no program can read it.
    fn context(&mut self, of: Type) {
        let mut fields = Record::read(of, MAX_VARIANTS).fields;
        fields.retain(|field| field.offset != Some(0));
        let context = syscall_context::named(fields, Some(of.size_or_id));
        if self.facts.contexts.len() < MAX_VARIANTS && !self.facts.contexts.contains(&context) {
            self.facts.contexts.push(context);
        }
    }

    fn class(&mut self, file: &str, name: &str, of: Type) {
        let record = Record::read(of, MAX_MEMBERS - self.members);
        self.members += record.members;
        if record.unread > 0 {
            let message = format!("{} members of 'struct {RECORD}{name}' make no sense", record.unread);
            self.problem(file, "btf-unreadable-type", message);
        }
        let class = Class {
            name: name.to_owned(),
            fields: record.fields,
            size: Some(of.size_or_id),
        };
        let known = self.classes.entry(name.to_owned()).or_default();
        if known.iter().any(|&index| self.facts.classes[index] == class) {
            return;
        }
        if self.facts.classes.len() == MAX_FACTS || known.len() == MAX_VARIANTS {
            return self.problem(
                file,
                "btf-too-large",
                format!("too many event classes, 'struct {RECORD}{name}' is left out"),
            );
        }
        known.push(self.facts.classes.len());
        self.facts.classes.push(class);
    }
}

/// The arguments of a tracepoint, without the `void *__data` that comes first in its probes.
fn arguments(probe: Type, iterator: Option<Type>) -> Option<Vec<Arg>> {
    let pointer = resolved(probe).filter(|pointer| pointer.kind == Kind::Ptr)?;
    let proto = resolved(pointer.target()?).filter(|proto| proto.kind == Kind::FuncProto)?;
    // The prototype of a typedef has no names.
    let named = iterator
        .and_then(|function| function.target())
        .filter(|named| named.kind == Kind::FuncProto);
    let names: Vec<&str> = named.map_or_else(Vec::new, |named| {
        named
            .groups::<2>()
            .map(|[name, _]| named.blob.name(name).unwrap_or_default())
            .collect()
    });
    let count = proto.groups::<2>().count();
    let mut args = Vec::with_capacity(count);
    for (position, [name, id]) in proto.groups::<2>().enumerate().skip(1) {
        let name = match proto.blob.name(name)? {
            "" if names.len() == count => names[position],
            own => own,
        };
        args.push(Arg {
            name: name.to_owned(),
            r#type: spell_parameter(proto.blob.get(id)?)?,
            nullable: name.ends_with(NULLABLE).then_some(true),
            error: false,
        });
    }
    Some(args)
}

/// The header of all records. tracefs puts `common_` before the names (`trace_define_common_fields` in
/// kernel/trace/trace_events.c).
fn common_fields(entry: Type) -> Vec<Field> {
    let mut fields = Record::read(entry, MAX_VARIANTS).fields;
    for field in &mut fields {
        field.name.insert_str(0, "common_");
    }
    fields
}
