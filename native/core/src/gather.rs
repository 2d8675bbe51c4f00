//! What was found in a kernel tree so far: the facts of its units, and the values that print formats wait for.
//! Becomes a snapshot once every header was read, because a value may be defined after the format that names it.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::kbuild::{self, Ways};
use crate::problem::Problem;
use crate::record::with_values;
use crate::snapshot::{Class, Event, Field, Kernel, Knows, SCHEMA_VERSION, Snapshot, Tracepoint};
use crate::syscalls::{Era, Syscall, events};
use crate::tree::Used;
use crate::unit_facts::{Causes, HeaderFacts, note};

/// In which ways the units that create a header's trace points are built, and under which condition they create them.
type Made = (Ways, Option<String>);

/// What was found so far.
#[derive(Default)]
pub struct Gathered {
    /// Events with the header that declares each; none for system calls.
    events: Vec<(Event, Option<String>)>,
    made: FxHashMap<String, Made>,
    /// Tracepoints with the header that declares each.
    tracepoints: BTreeMap<String, (Tracepoint, String)>,
    /// Values that the kernel puts into print formats at boot, by system.
    values: FxHashMap<String, FxHashMap<String, i64>>,
    enums: BTreeMap<String, i64>,
    problems: Vec<Problem>,
    causes: Causes,
    /// What BPF programs on system call events get instead of the record.
    pub contexts: Vec<Class>,
    /// The tree lacks a part that has events: what is not found may yet be in the kernel.
    pub is_partial: bool,
}

impl Gathered {
    /// Notes what was not understood.
    pub fn problem(
        &mut self,
        code: &'static str,
        message: String,
        file: &str,
        line: Option<u32>,
        event: Option<String>,
    ) {
        let file = (!file.is_empty()).then(|| file.to_owned());
        self.problems.push(Problem {
            code,
            message,
            file,
            line,
            event,
        });
    }

    /// Takes in the facts of a unit.
    pub fn take(&mut self, facts: &[HeaderFacts]) {
        for header in facts {
            let events = header
                .events
                .iter()
                .map(|event| (event.clone(), Some(header.path.clone())));
            self.events.extend(events);
            for tracepoint in &header.tracepoints {
                self.tracepoints
                    .entry(tracepoint.name.clone())
                    .or_insert_with(|| (tracepoint.clone(), header.path.clone()));
            }
            for (system, name, value) in &header.values {
                let of_system = self.values.entry(system.clone()).or_default();
                of_system.insert(name.clone(), *value);
            }
            self.enums
                .extend(header.enums.iter().map(|(name, value)| (name.clone(), *value)));
            self.problems.extend(header.problems.iter().cloned());
            for (key, used) in &header.causes {
                self.causes.entry(key.clone()).or_default().extend(used);
            }
        }
    }

    /// What of the watched files the facts come from.
    pub fn take_causes(&mut self) -> Causes {
        std::mem::take(&mut self.causes)
    }

    /// Takes in the two events of a system call that is built in these ways.
    pub fn syscall(&mut self, call: &Syscall, era: Era, start: u64, word: u32, ways: &Ways) {
        for mut event in events(call, era, start as u32, word) {
            event.when = both(kbuild::spell(ways), event.when);
            self.events.push((event, None));
        }
    }

    /// Notes that a header's trace points are created, under a condition, by a unit that is built in these ways.
    /// True if they were not created before, so that the header has to be read.
    pub fn created(&mut self, header: &str, ways: &Ways, when: Option<String>) -> bool {
        let is_new = !self.made.contains_key(header);
        let (all, condition) = self.made.entry(header.to_owned()).or_default();
        all.extend(ways.iter().cloned());
        *condition = if is_new { when } else { condition.take().and(when) };
        is_new
    }

    /// Whether nobody has created the trace points of a header yet.
    pub fn is_new(&self, header: &str) -> bool {
        !self.made.contains_key(header)
    }

    /// Notes which arguments may be NULL or an error code, from the kernel's own table (`raw_tp_null_args`): its mask has
    /// four bits for each, of which the first means NULL and the second an error code (`btf_ctx_access`).
    /// `used` is the table, if its file is watched.
    pub fn nullable(&mut self, table: &[(String, u64)], used: &[Used]) {
        for (name, mask) in table {
            note(&mut self.causes, &format!("-:{name}"), "", used);
            let Some((tracepoint, _)) = self.tracepoints.get_mut(name) else {
                continue;
            };
            for (i, arg) in tracepoint.args.iter_mut().enumerate().take(16) {
                let bits = mask >> (i * 4);
                if bits & 1 != 0 {
                    arg.nullable = Some(true);
                }
                arg.error |= bits & 2 != 0;
            }
        }
    }

    /// The snapshot of all that was found.
    pub fn finish(self, kernel: Kernel, common_fields: Vec<Field>) -> Snapshot {
        let none = FxHashMap::default();
        let made: FxHashMap<String, Option<String>> = self
            .made
            .into_iter()
            .map(|(header, (ways, when))| (header, both(kbuild::spell(&ways), when)))
            .collect();
        let built = |header: &str| made.get(header).cloned().flatten();
        let mut events = Vec::with_capacity(self.events.len());
        for (mut event, header) in self.events {
            if let Some(header) = header {
                event.when = both(built(&header), event.when.take());
                if let Some(print) = &mut event.print {
                    let values = self.values.get(&event.system).unwrap_or(&none);
                    print.args = with_values(&print.format, &print.args, values);
                }
            }
            events.push(event);
        }
        let attached: FxHashSet<&str> = events.iter().filter_map(|e| e.tracepoint.as_deref()).collect();
        let tracepoints: Vec<Tracepoint> = self
            .tracepoints
            .into_values()
            .map(|(t, header)| Tracepoint {
                bare: !attached.contains(t.name.as_str()),
                when: both(built(&header), t.when),
                ..t
            })
            .collect();
        let mut snapshot = Snapshot {
            schema_version: SCHEMA_VERSION,
            kernel,
            knows: Knows {
                layout: true,
                types: true,
                args: true,
                print_format: true,
                values: true,
                locations: true,
                existence: !self.is_partial,
            },
            common_fields,
            events,
            tracepoints,
            contexts: self.contexts,
            enums: self.enums,
            problems: self.problems,
            ..Snapshot::default()
        };
        snapshot.sort();
        snapshot
    }
}

/// Two conditions as one.
fn both(one: Option<String>, other: Option<String>) -> Option<String> {
    match (one, other) {
        (Some(one), Some(other)) if one != other => Some(format!("{one} && {other}")),
        (one, other) => one.or(other),
    }
}
