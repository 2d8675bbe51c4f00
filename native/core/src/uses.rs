//! What BPF programs rely on: readers of BPF C, also that of bcc, and of compiled BPF objects. They give facts; which kernels
//! a fact holds on is decided elsewhere. Reading never fails: what looks like a use and is not understood is counted as that.

mod body;
mod embedded;
mod functions;
mod guards;
mod instructions;
mod layout;
mod members;
mod object;
mod reads;
mod section;
mod source;
mod variables;

use serde::{Deserialize, Serialize};

pub use object::read_bpf_objects;
pub use source::{Request, read_bpf_c};

#[cfg(test)]
mod tests;

/// What one file says.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    /// The programs, in their order.
    pub programs: Vec<Program>,
    /// What looks like a use and was not understood.
    pub not_understood: Vec<Gap>,
}

/// A BPF program on a tracepoint.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Program {
    /// Name of its function.
    pub name: String,
    /// Line where its section is named; 0 in a compiled object.
    pub line: u32,
    /// What it attaches to.
    #[serde(flatten)]
    pub section: Section,
    /// What the whole program stands under.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub guards: Vec<Guard>,
    /// What it reads.
    pub uses: Vec<Use>,
}

/// How a program attaches: the names are those of `Attach` in `src/audit/use.ts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attach {
    /// On the record.
    Tp,
    /// On the arguments, unchecked.
    RawTp,
    /// On the arguments, typed.
    TpBtf,
}

/// What a section name says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// How the program attaches.
    pub attach: Attach,
    /// System of the event; absent for raw tracepoints.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// The event or tracepoint.
    pub event: String,
}

/// One thing that a program reads.
#[derive(Debug, Clone, Serialize)]
pub struct Use {
    /// The line; 0 in a compiled object.
    pub line: u32,
    /// Its file, if it is another one than that of the program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// What is read.
    pub subject: Subject,
    /// What the program checks before, outermost first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub guards: Vec<Guard>,
}

/// What is read; the forms are those of `Subject` in `src/audit/use.ts`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "is", rename_all = "lowercase")]
pub enum Subject {
    /// A field by its name, through bcc's `args`.
    Field {
        /// Its name.
        name: String,
    },
    /// Bytes of the record.
    Bytes {
        /// From the start of the record.
        offset: u64,
        /// How many.
        size: u64,
        /// As the program calls them.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// A member of a kernel struct through CO-RE.
    Member {
        /// Tag of the struct, without a flavour.
        #[serde(rename = "struct")]
        of: String,
        /// The member.
        name: String,
    },
    /// An argument by its position.
    Argument {
        /// From 0.
        index: u64,
        /// As the program calls it.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The type that the program gives it.
        #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
        ty: Option<String>,
    },
}

/// A condition that a use stands under; the fields are those of `Guard` in `src/audit/use.ts`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Guard {
    /// What kind of condition.
    pub kind: GuardKind,
    /// As written.
    pub text: String,
    /// Where.
    pub line: u32,
    /// The use stands where it does not hold.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub negated: bool,
    /// What is tested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Kernels on which it holds, as a semver range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<String>,
}

/// Kinds of [`Guard`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GuardKind {
    /// A member exists.
    Field,
    /// A type or an enum constant exists.
    Type,
    /// An event exists.
    Event,
    /// The struct is one of several flavours.
    Flavour,
    /// The kernel's version.
    Version,
    /// A macro of the build.
    Ifdef,
    /// `SEC("?..")`.
    Optional,
}

/// Something that was not understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// The line; 0 in a compiled object.
    pub line: u32,
    /// The text in question.
    pub text: String,
    /// Why: lower case, no final stop.
    pub reason: String,
}

/// The name of a struct without the flavour that tells its versions apart: libbpf takes all from the last `___` on for that.
fn without_flavour(tag: &str) -> &str {
    match tag.rfind("___") {
        Some(at) if at > 0 && at + 3 < tag.len() => &tag[..at],
        _ => tag,
    }
}
