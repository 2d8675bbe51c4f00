//! Names of ELF sections as libbpf reads them (`section_defs` in tools/lib/bpf/libbpf.c), as far as they are of tracepoints.
//! A name that is of no tracepoint is none of ours; one that is and names no event is told apart from that.

use super::{Attach, Section};

/// What is before the first slash, without `.s` (may sleep) and `.w` (may write).
const PREFIXES: [(&str, Attach); 5] = [
    ("tp", Attach::Tp),
    ("tracepoint", Attach::Tp),
    ("raw_tp", Attach::RawTp),
    ("raw_tracepoint", Attach::RawTp),
    ("tp_btf", Attach::TpBtf),
];

/// What a section name means.
#[derive(Debug, PartialEq, Eq)]
pub enum Named {
    /// A program on this; `true` if libbpf does not load it unless told to (`?`).
    Tracepoint(Section, bool),
    /// A program on a tracepoint that is named elsewhere, when it is attached.
    NoEvent,
    /// Something else.
    Other,
}

/// Reads a section name.
pub fn parse(name: &str) -> Named {
    let (optional, name) = match name.strip_prefix('?') {
        Some(rest) => (true, rest),
        None => (false, name),
    };
    let mut parts = name.split('/');
    let prefix = parts.next().unwrap_or_default();
    let prefix = prefix
        .strip_suffix(".s")
        .or(prefix.strip_suffix(".w"))
        .unwrap_or(prefix);
    let Some(&(_, attach)) = PREFIXES.iter().find(|(known, _)| *known == prefix) else {
        return Named::Other;
    };
    let system = (attach == Attach::Tp).then(|| parts.next().unwrap_or_default().to_owned());
    // What follows the event tells variants of a program apart; libbpf does not allow it, other loaders do.
    let event = parts.next().unwrap_or_default().to_owned();
    if event.is_empty() || system.as_deref() == Some("") {
        return Named::NoEvent;
    }
    Named::Tracepoint(Section { attach, system, event }, optional)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_section_names() {
        let cases = [
            ("tp/sched/sched_switch", "Tp sched sched_switch"),
            ("tracepoint/sched/sched_switch/v1", "Tp sched sched_switch"),
            ("?tp.s/syscalls/sys_enter_open", "Tp syscalls sys_enter_open ?"),
            ("raw_tp/sys_enter", "RawTp - sys_enter"),
            ("raw_tracepoint.w/x", "RawTp - x"),
            ("?tp_btf/sched_wakeup", "TpBtf - sched_wakeup ?"),
            ("tp_btf", "no event"),
            ("tp/sched", "no event"),
            ("raw_tracepoint/", "no event"),
            ("kprobe/do_exit", "other"),
            (".maps", "other"),
            ("tpx/a/b", "other"),
            ("", "other"),
        ];
        for (name, want) in cases {
            let got = match parse(name) {
                Named::Tracepoint(s, optional) => format!(
                    "{:?} {} {}{}",
                    s.attach,
                    s.system.as_deref().unwrap_or("-"),
                    s.event,
                    if optional { " ?" } else { "" }
                ),
                Named::NoEvent => "no event".to_owned(),
                Named::Other => "other".to_owned(),
            };
            assert_eq!(got, want, "{name}");
        }
    }
}
