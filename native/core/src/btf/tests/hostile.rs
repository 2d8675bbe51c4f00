//! Blobs that lie: cut off, damaged, endless. None may panic, hang or take much memory, and none may pass for whole.

use super::builder::{Builder, sample};
use super::{codes, facts, prototypes};
use crate::btf::Blob;
use crate::btf::blob::Kind;

#[test]
fn a_blob_that_is_cut_off_anywhere_says_so() {
    for big_endian in [false, true] {
        let (kernel, module) = sample(big_endian);
        for length in 0..kernel.len() {
            assert!(
                !facts(&[&kernel[..length]]).problems.is_empty(),
                "kernel cut to {length} bytes"
            );
        }
        for length in 0..module.len() {
            assert!(
                !facts(&[&kernel, &module[..length]]).problems.is_empty(),
                "module cut to {length} bytes"
            );
        }
    }
}

#[test]
fn no_damage_of_a_byte_makes_it_panic() {
    let (kernel, module) = sample(false);
    for at in 0..kernel.len() {
        for value in [0, 1, 0x7f, 0x80, 0xff] {
            let mut damaged = kernel.clone();
            damaged[at] = value;
            facts(&[&damaged, &module]);
        }
    }
    for at in 0..module.len() {
        for value in [0, 1, 0x7f, 0x80, 0xff] {
            let mut damaged = module.clone();
            damaged[at] = value;
            facts(&[&kernel, &damaged]);
        }
    }
}

/// Builds a kernel whose only tracepoint has one argument, and whose only class one member, of the type that `make` gives.
fn with_type(make: impl FnOnce(&mut Builder) -> u32) -> Vec<u8> {
    let mut b = Builder::new(false);
    let of = make(&mut b);
    let data = b.ptr(0);
    let probe = b.proto(0, &[("", data), ("", of)]);
    let probe = b.ptr(probe);
    b.refer(Kind::Typedef, "btf_trace_x", probe);
    b.record(Kind::Struct, "trace_event_raw_x", 8, &[("x", of, 0)]);
    b.bytes()
}

#[test]
fn types_that_go_in_circles_are_problems() {
    // Each refers to itself, id 1, or to the next one that refers back.
    type Make = fn(&mut Builder) -> u32;
    let circles: [Make; 7] = [
        |b| b.refer(Kind::Typedef, "t", 1),
        |b| b.refer(Kind::Const, "", 1),
        |b| b.ptr(1),
        |b| b.array(1, 2),
        |b| b.proto(1, &[]),
        |b| b.proto(0, &[("", 1), ("", 1)]),
        |b| {
            b.refer(Kind::Volatile, "", 2);
            b.array(1, u32::MAX)
        },
    ];
    for (index, make) in circles.into_iter().enumerate() {
        let facts = facts(&[&with_type(make)]);
        // A typedef is spelled by its name, wherever that leads; its size is what nobody knows.
        let expected: &[&str] = if index == 0 {
            &["btf-unreadable-type"]
        } else {
            &["btf-unreadable-type", "btf-unreadable-type"]
        };
        assert_eq!(codes(&facts.problems), expected, "circle {index}");
    }
}

#[test]
fn a_few_bytes_that_stand_for_endless_text_are_a_problem() {
    // Every function takes the one before it 100 times.
    let facts = facts(&[&with_type(|b| {
        let mut of = b.int("int", 4, true);
        for _ in 0..50 {
            let proto = b.proto(0, &[("", of); 100]);
            of = b.ptr(proto);
        }
        of
    })]);
    assert_eq!(prototypes(&facts), Vec::<String>::new());
    assert_eq!(codes(&facts.problems), ["btf-unreadable-type", "btf-unreadable-type"]);
}

#[test]
fn structs_within_structs_have_a_limit() {
    // 2000 members without a name in each of ten layers: 2000 to the power of ten fields.
    let mut b = Builder::new(false);
    let mut of = b.int("int", 4, true);
    for _ in 0..10 {
        of = b.record(Kind::Struct, "", 4, &vec![("", of, 0); 2000]);
    }
    b.record(Kind::Struct, "trace_event_raw_x", 4, &[("", of, 0)]);
    assert_eq!(codes(&facts(&[&b.bytes()]).problems), ["btf-unreadable-type"]);
}

#[test]
fn a_kind_of_the_future_ends_the_reading_and_says_so() {
    let mut b = Builder::new(false);
    let data = b.ptr(0);
    let probe = b.proto(0, &[("", data)]);
    let probe = b.ptr(probe);
    b.refer(Kind::Typedef, "btf_trace_known", probe);
    let mut bytes = b.bytes();
    let unknown = [0_u32, 30 << 24, 0].map(u32::to_le_bytes).concat();
    bytes[12..16].copy_from_slice(&((12 * 4 + 8 + 12_u32).to_le_bytes()));
    bytes[16..20].copy_from_slice(&((12 * 4 + 8 + 12_u32).to_le_bytes()));
    let strings = bytes.split_off(24 + 12 * 4 + 8);
    bytes.extend(unknown);
    bytes.extend(strings);
    let facts = facts(&[&bytes]);
    assert_eq!(prototypes(&facts), ["known()"]);
    assert_eq!(codes(&facts.problems), ["btf-unknown-kind"]);
}

#[test]
fn a_module_of_another_byte_order_is_a_problem() {
    let (kernel, _) = sample(false);
    let (_, module) = sample(true);
    assert_eq!(codes(&facts(&[&kernel, &module]).problems), ["btf-wrong-base"]);
}

#[test]
fn a_name_without_end_is_no_name() {
    let (kernel, _) = sample(false);
    let mut strings_last = kernel.clone();
    let end = strings_last.len() - 1;
    strings_last[end] = b'x';
    // The last string is the name of a parameter's function.
    assert_eq!(
        prototypes(&facts(&[&strings_last]))[0],
        "task_wake(bool, struct task_struct *)"
    );
    assert!(Blob::parse(&[0xff; 64], None, &mut |_, _| {}).ids().is_empty());
}
