//! Follows the context through the instructions of a BPF program: registers, spills to the stack, calls. A few ways
//! to an instruction are kept apart; beyond that, a value that is not the same on all of them is unknown.

use std::collections::BTreeMap;

use super::{Guard, GuardKind};

/// Bytes of an instruction.
pub const BYTES: usize = 8;
/// Steps after which a program is given up; programs of a million instructions are not loaded by any kernel.
const MAX_STEPS: usize = 4_000_000;
/// States that are kept apart at one instruction: compilers choose an offset by a condition first and load later.
const MAX_WAYS: usize = 8;
/// Conditions that a state remembers.
const MAX_GUARDS: usize = 16;

/// What a register holds, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// Anything.
    Unknown,
    /// The context, and so many bytes.
    Context(i64),
    /// The top of the stack, and so many bytes.
    Frame(i64),
    /// A number.
    Constant(i64),
    /// The answer to the n-th question about the kernel.
    Answer(usize),
    /// Where the kernel's version is.
    VersionAt,
    /// The kernel's version.
    Version,
}

/// What stands at an instruction apart from the instruction.
#[derive(Debug, Clone, Copy)]
pub enum Note {
    /// CO-RE writes a number into it.
    Relocated,
    /// CO-RE writes the answer to the n-th question into it.
    Asks(usize),
    /// It loads the address of the kernel's version.
    Version,
}

/// What is known before an instruction.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Registers 0 to 10.
    pub registers: [Value; 11],
    stack: BTreeMap<i64, Value>,
    /// Conditions that hold.
    pub guards: Vec<Condition>,
}

/// A condition on the way to an instruction.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// The n-th question has this answer.
    Answer(usize, bool),
    /// The version is in this range.
    Version(String),
}

/// A decoded instruction.
#[derive(Debug, Clone, Copy)]
pub struct Instruction {
    /// Operation.
    pub code: u8,
    /// Destination register.
    pub to: usize,
    /// Source register, or the kind of a call.
    pub from: usize,
    /// Offset.
    pub offset: i16,
    /// Number.
    pub number: i32,
}

impl Instruction {
    /// The instruction with this number; `None` past the end.
    pub fn at(code: &[u8], index: usize) -> Option<Self> {
        let bytes = code.get(index.checked_mul(BYTES)?..)?.get(..BYTES)?;
        Some(Instruction {
            code: bytes[0],
            to: (bytes[1] & 15) as usize,
            from: (bytes[1] >> 4) as usize,
            offset: i16::from_le_bytes([bytes[2], bytes[3]]),
            number: i32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]),
        })
    }

    /// Bytes that a load or store moves.
    pub fn size(self) -> u64 {
        match self.code & 0x18 {
            0x00 => 4,
            0x08 => 2,
            0x10 => 1,
            _ => 8,
        }
    }

    /// A load through a register.
    pub fn is_load(self) -> bool {
        self.code & 7 == 1
    }

    /// A call of a helper, or (`from` is 1) of a function of the program.
    pub fn is_call(self) -> bool {
        self.code == 0x85
    }
}

/// What is known before each instruction that can be reached from `entry`, in up to [`MAX_WAYS`] ways; `None` if there are
/// too many.
pub fn states(
    code: &[u8],
    entry: usize,
    start: State,
    note: &dyn Fn(usize) -> Option<Note>,
) -> Option<BTreeMap<usize, Vec<State>>> {
    let mut known: BTreeMap<usize, Vec<State>> = BTreeMap::new();
    let mut open = vec![(entry, start)];
    let mut steps = 0;
    while let Some((at, mut state)) = open.pop() {
        steps += 1;
        if steps > MAX_STEPS {
            return None;
        }
        let Some(instruction) = Instruction::at(code, at) else {
            continue;
        };
        let ways = known.entry(at).or_default();
        if ways.contains(&state) {
            continue;
        }
        if ways.len() < MAX_WAYS {
            ways.push(state.clone());
        } else if let Some(last) = ways.last_mut() {
            state = last.merged(&state);
            if state == *last {
                continue;
            }
            last.clone_from(&state);
        }
        state.step(instruction, at, (code, note(at)), &mut open);
    }
    Some(known)
}

impl State {
    /// What a program begins with: the context in the first register.
    pub fn of_program() -> Self {
        let mut arguments = [Value::Unknown; 5];
        arguments[0] = Value::Context(0);
        Self::of_call(arguments, Vec::new())
    }

    /// What a function begins with.
    pub fn of_call(arguments: [Value; 5], guards: Vec<Condition>) -> Self {
        let mut registers = [Value::Unknown; 11];
        registers[1..6].copy_from_slice(&arguments);
        registers[10] = Value::Frame(0);
        State {
            registers,
            stack: BTreeMap::new(),
            guards,
        }
    }

    fn merged(&self, other: &State) -> State {
        let mut out = self.clone();
        for (mine, theirs) in out.registers.iter_mut().zip(other.registers) {
            if *mine != theirs {
                *mine = Value::Unknown;
            }
        }
        out.stack.retain(|slot, value| other.stack.get(slot) == Some(value));
        out.guards.retain(|guard| other.guards.contains(guard));
        out
    }

    fn step(mut self, op: Instruction, at: usize, (code, note): (&[u8], Option<Note>), open: &mut Vec<(usize, State)>) {
        if op.to > 10 || op.from > 10 {
            return;
        }
        let mut next = at + 1;
        match op.code & 7 {
            // Two instructions make one that loads 64 bits.
            0 if op.code == 0x18 => {
                let high = Instruction::at(code, at + 1).map_or(0, |second| i64::from(second.number));
                self.registers[op.to] = match note {
                    Some(Note::Version) => Value::VersionAt,
                    Some(Note::Asks(n)) => Value::Answer(n),
                    None if op.from == 0 => Value::Constant(high << 32 | i64::from(op.number.cast_unsigned())),
                    _ => Value::Unknown,
                };
                next += 1;
            }
            0 => self.registers[0] = Value::Unknown,
            1 => {
                self.registers[op.to] = match self.registers[op.from] {
                    Value::Frame(k) if op.size() == 8 => {
                        let slot = k.wrapping_add(i64::from(op.offset));
                        self.stack.get(&slot).copied().unwrap_or(Value::Unknown)
                    }
                    Value::VersionAt if op.offset == 0 => Value::Version,
                    _ => Value::Unknown,
                };
            }
            2 | 3 => self.store(op),
            4 | 7 => self.compute(op, note),
            _ => return self.jump(op, at, open),
        }
        open.push((next, self));
    }

    fn store(&mut self, op: Instruction) {
        if let Value::Frame(k) = self.registers[op.to] {
            let slot = k.wrapping_add(i64::from(op.offset));
            self.stack
                .retain(|&other, _| other >= slot.wrapping_add(8) || slot >= other.wrapping_add(8));
            // A plain store of a whole register (BPF_STX | BPF_MEM | BPF_DW).
            if op.code == 0x7b && self.registers[op.from] != Value::Unknown && self.stack.len() < 64 {
                self.stack.insert(slot, self.registers[op.from]);
            }
        }
    }

    fn compute(&mut self, op: Instruction, note: Option<Note>) {
        let is_wide = op.code & 7 == 7;
        let operand = match note {
            Some(Note::Asks(n)) => Value::Answer(n),
            Some(_) => Value::Unknown,
            None if op.code & 8 == 0 => Value::Constant(i64::from(op.number)),
            None => self.registers[op.from],
        };
        let before = self.registers[op.to];
        self.registers[op.to] = match (op.code & 0xf0, before, operand) {
            // A move; with an offset it extends the sign of less than a register.
            (0xb0, _, Value::Constant(n)) if !is_wide => Value::Constant(n & 0xffff_ffff),
            (0xb0, _, value) if is_wide && op.offset == 0 => value,
            (0x00, Value::Context(k), Value::Constant(n)) | (0x00, Value::Constant(n), Value::Context(k))
                if is_wide =>
            {
                Value::Context(k.wrapping_add(n))
            }
            (0x00, Value::Frame(k), Value::Constant(n)) if is_wide => Value::Frame(k.wrapping_add(n)),
            (0x10, Value::Context(k), Value::Constant(n)) if is_wide => Value::Context(k.wrapping_sub(n)),
            // How compilers make an offset of the answer to a condition.
            (0x60, Value::Constant(k), Value::Constant(n)) if is_wide => Value::Constant(k << (n & 63)),
            (0x00, Value::Constant(k), Value::Constant(n)) if is_wide => Value::Constant(k.wrapping_add(n)),
            // What compilers do to narrow a value: `& mask`, `<< 32`, `>> 32`.
            (0x50 | 0x60 | 0x70 | 0xc0, value @ (Value::Answer(_) | Value::Version), Value::Constant(_))
            | (0xb0, _, value @ (Value::Answer(_) | Value::Version)) => value,
            _ => Value::Unknown,
        };
    }

    fn jump(mut self, op: Instruction, at: usize, open: &mut Vec<(usize, State)>) {
        let jumped = |by: i64| usize::try_from(at.cast_signed() as i64 + 1 + by).ok();
        match op.code & 0xf0 {
            0x80 => {
                self.registers[..6].fill(Value::Unknown);
                open.push((at + 1, self));
            }
            0x90 => {}
            0x00 => {
                let by = if op.code & 7 == 6 {
                    i64::from(op.number)
                } else {
                    i64::from(op.offset)
                };
                open.extend(jumped(by).map(|target| (target, self)));
            }
            _ => {
                let mut taken = self.clone();
                let left = self.registers[op.to];
                let right = if op.code & 8 == 0 {
                    Value::Constant(i64::from(op.number))
                } else {
                    self.registers[op.from]
                };
                let operation = op.code & 0xf0;
                let (value, operation, number) = match (left, right) {
                    (value, Value::Constant(number)) => (value, operation, number),
                    (Value::Constant(number), value) => (value, mirrored(operation), number),
                    _ => (Value::Unknown, operation, 0),
                };
                taken.learn(value, operation, number, true);
                self.learn(value, operation, number, false);
                open.extend(jumped(i64::from(op.offset)).map(|target| (target, taken)));
                open.push((at + 1, self));
            }
        }
    }

    /// Notes what a jump that was taken, or not, says of the value it looks at.
    fn learn(&mut self, value: Value, operation: u8, number: i64, taken: bool) {
        let found = match value {
            Value::Answer(n) => {
                let is_equal = match operation {
                    0x10 => taken,
                    0x50 => !taken,
                    _ => return,
                };
                Condition::Answer(n, is_equal == (number != 0))
            }
            Value::Version => {
                // `> 5.10.255` is what compilers make of `>= 5.11.0`.
                let (is_from, bound) = match operation {
                    0x20 | 0x60 => (taken, number.wrapping_add(1)),
                    0x30 | 0x70 => (taken, number),
                    0xa0 | 0xc0 => (!taken, number),
                    0xb0 | 0xd0 => (!taken, number.wrapping_add(1)),
                    _ => return,
                };
                let Ok(code) = u32::try_from(bound) else { return };
                let version = format!("{}.{}.{}", code >> 16, code >> 8 & 0xff, code & 0xff);
                Condition::Version(format!("{}{version}", if is_from { ">=" } else { "<" }))
            }
            _ => return,
        };
        if self.guards.len() < MAX_GUARDS && !self.guards.contains(&found) {
            self.guards.push(found);
        }
    }
}

/// The jump that says the same with its operands exchanged.
fn mirrored(operation: u8) -> u8 {
    match operation {
        0x20 => 0xa0,
        0xa0 => 0x20,
        0x30 => 0xb0,
        0xb0 => 0x30,
        0x60 => 0xc0,
        0xc0 => 0x60,
        0x70 => 0xd0,
        0xd0 => 0x70,
        other => other,
    }
}

impl Condition {
    /// The guard that a report shows; `question` spells the n-th question and what it is about.
    pub fn guard(&self, question: &dyn Fn(usize) -> (GuardKind, String, String)) -> Guard {
        match self {
            Condition::Answer(n, holds) => {
                let (kind, text, subject) = question(*n);
                Guard {
                    kind,
                    text,
                    line: 0,
                    negated: !holds,
                    subject: Some(subject),
                    range: None,
                }
            }
            Condition::Version(range) => Guard {
                kind: GuardKind::Version,
                text: format!("LINUX_KERNEL_VERSION {range}"),
                line: 0,
                negated: false,
                subject: None,
                range: Some(range.clone()),
            },
        }
    }
}
