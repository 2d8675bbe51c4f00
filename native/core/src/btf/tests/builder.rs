//! Writes small blobs of BTF, type by type. What stands in `test/fixtures/btf` was written by it, too.

use super::super::blob::Kind;

pub struct Builder {
    big_endian: bool,
    types: Vec<u8>,
    strings: Vec<u8>,
    first_string: u32,
    next_id: u32,
}

impl Builder {
    /// A blob that stands alone: its strings begin with the empty one.
    pub fn new(big_endian: bool) -> Self {
        Self {
            big_endian,
            types: Vec::new(),
            strings: vec![0],
            first_string: 0,
            next_id: 1,
        }
    }

    /// A blob that continues another one.
    pub fn on(base: &Self) -> Self {
        Self {
            big_endian: base.big_endian,
            types: Vec::new(),
            strings: Vec::new(),
            first_string: base.first_string + base.strings.len() as u32,
            next_id: base.next_id,
        }
    }

    pub fn text(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        let offset = self.first_string + self.strings.len() as u32;
        self.strings.extend(text.bytes().chain([0]));
        offset
    }

    /// Adds any type and gives its id.
    pub fn add(&mut self, name: &str, kind: Kind, vlen: u32, flag: bool, size_or_id: u32, trailing: &[u32]) -> u32 {
        let name = self.text(name);
        let info = u32::from(flag) << 31 | (kind as u32) << 24 | vlen;
        for word in [name, info, size_or_id].iter().chain(trailing) {
            let bytes = if self.big_endian {
                word.to_be_bytes()
            } else {
                word.to_le_bytes()
            };
            self.types.extend(bytes);
        }
        self.next_id += 1;
        self.next_id - 1
    }

    pub fn int(&mut self, name: &str, bytes: u32, signed: bool) -> u32 {
        self.add(
            name,
            Kind::Int,
            0,
            false,
            bytes,
            &[(u32::from(signed) << 24) | (bytes * 8)],
        )
    }

    /// A kind that has nothing but a name and what it refers to.
    pub fn refer(&mut self, kind: Kind, name: &str, to: u32) -> u32 {
        self.add(name, kind, 0, false, to, &[])
    }

    pub fn ptr(&mut self, to: u32) -> u32 {
        self.refer(Kind::Ptr, "", to)
    }

    pub fn array(&mut self, of: u32, length: u32) -> u32 {
        self.add("", Kind::Array, 0, false, 0, &[of, 0, length])
    }

    /// Members as (name, type, offset in bytes).
    pub fn record(&mut self, kind: Kind, name: &str, bytes: u32, members: &[(&str, u32, u32)]) -> u32 {
        let words: Vec<u32> = members
            .iter()
            .flat_map(|&(name, of, offset)| [self.text(name), of, 8 * offset])
            .collect();
        self.add(name, kind, members.len() as u32, false, bytes, &words)
    }

    pub fn proto(&mut self, returns: u32, parameters: &[(&str, u32)]) -> u32 {
        let words: Vec<u32> = parameters
            .iter()
            .flat_map(|&(name, of)| [self.text(name), of])
            .collect();
        self.add("", Kind::FuncProto, parameters.len() as u32, false, returns, &words)
    }

    pub fn enumeration(&mut self, name: &str, signed: bool, values: &[(&str, u32)]) -> u32 {
        let words: Vec<u32> = values
            .iter()
            .flat_map(|&(name, value)| [self.text(name), value])
            .collect();
        self.add(name, Kind::Enum, values.len() as u32, signed, 4, &words)
    }

    pub fn bytes(&self) -> Vec<u8> {
        let [magic, types, strings] = [0xeb9f_u16.into(), self.types.len() as u32, self.strings.len() as u32];
        let magic: u32 = magic;
        let mut bytes = Vec::new();
        let half = magic as u16;
        bytes.extend(if self.big_endian {
            half.to_be_bytes()
        } else {
            half.to_le_bytes()
        });
        bytes.extend([1, 0]);
        for word in [24, 0, types, types, strings] {
            bytes.extend(if self.big_endian {
                u32::to_be_bytes(word)
            } else {
                u32::to_le_bytes(word)
            });
        }
        bytes.extend(&self.types);
        bytes.extend(&self.strings);
        bytes
    }
}

/// A kernel with two tracepoints and one class, and a module with one of each on top of it.
pub fn sample(big_endian: bool) -> (Vec<u8>, Vec<u8>) {
    let mut kernel = Builder::new(big_endian);
    let int = kernel.int("int", 4, true);
    kernel.int("long unsigned int", 8, false);
    let short = kernel.int("short unsigned int", 2, false);
    let byte = kernel.int("unsigned char", 1, false);
    let character = kernel.int("char", 1, false);
    let boolean = kernel.int("_Bool", 1, false);
    let data = kernel.ptr(0);
    let pid = kernel.refer(Kind::Typedef, "pid_t", int);
    let bool_t = kernel.refer(Kind::Typedef, "bool", boolean);
    let comm = kernel.array(character, 16);
    let rest = kernel.array(character, 0);
    let task = kernel.record(Kind::Struct, "task_struct", 8, &[("pid", pid, 0)]);
    let task = kernel.ptr(task);
    let state = kernel.enumeration("task_state", false, &[("TASK_IDLE", 0x402), ("TASK_DEAD", 0x80)]);
    kernel.enumeration("", true, &[("TASK_NOWHERE", u32::MAX)]);
    let common = [
        ("type", short, 0),
        ("flags", byte, 2),
        ("preempt_count", byte, 3),
        ("pid", int, 4),
    ];
    let entry = kernel.record(Kind::Struct, "trace_entry", 8, &common);
    let members = [
        ("ent", entry, 0),
        ("comm", comm, 8),
        ("pid", pid, 24),
        ("state", state, 28),
        ("__data_loc_reason", int, 32),
        ("__data", rest, 36),
    ];
    kernel.record(Kind::Struct, "trace_event_raw_task_template", 36, &members);
    let probe = kernel.proto(0, &[("", data), ("", bool_t), ("", task)]);
    let probe = kernel.ptr(probe);
    for name in ["task_wake", "task_sleep"] {
        kernel.refer(Kind::Typedef, &format!("btf_trace_{name}"), probe);
    }
    let iterator = kernel.proto(int, &[("__data", data), ("preempt", bool_t), ("p__nullable", task)]);
    kernel.refer(Kind::Func, "__traceiter_task_wake", iterator);

    let mut module = Builder::on(&kernel);
    let constant = module.refer(Kind::Const, "", character);
    let name = module.ptr(constant);
    let members = [
        ("ent", entry, 0),
        ("__rel_loc_name", int, 8),
        ("id", short, 12),
        ("__data", rest, 14),
    ];
    module.record(Kind::Struct, "trace_event_raw_disk_add", 16, &members);
    let probe = module.proto(0, &[("", data), ("", name), ("", short)]);
    let probe = module.ptr(probe);
    module.refer(Kind::Typedef, "btf_trace_disk_add", probe);
    (kernel.bytes(), module.bytes())
}
