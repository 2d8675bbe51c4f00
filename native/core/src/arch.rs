//! What the seven supported architectures say about C: widths, alignment, signedness of `char`, predefined macros.
//! Mirrors the psABIs and `arch/*/Makefile`; era-dependent facts are decided from the tree by the callers.

use std::borrow::Cow;

/// One architecture.
#[derive(Debug)]
pub struct Arch {
    /// Name in snapshots and on the command line.
    pub name: &'static str,
    /// Directory below `arch/`.
    pub directory: &'static str,
    /// Bits of `long` and of pointers.
    pub word_bits: u32,
    /// Alignment in bytes of a 64-bit integer as a struct member: 4 on i386, else 8.
    pub align64: u32,
    /// Whether bit-fields without a name align their struct as well (AAPCS).
    pub aligns_unnamed_bits: bool,
    /// Whether plain `char` is signed where no compiler flag says otherwise.
    pub char_signed: bool,
    /// Configuration symbols that every kernel of this architecture has set.
    pub forced: &'static [&'static str],
    /// Symbols of its siblings, never set.
    pub forbidden: &'static [&'static str],
    /// Macros the compiler predefines, beside the common ones.
    pub predefined: &'static [(&'static str, &'static str)],
}

/// All architectures, first the default.
pub const ARCHES: &[Arch] = &[
    Arch {
        name: "x86_64",
        directory: "x86",
        word_bits: 64,
        align64: 8,
        aligns_unnamed_bits: false,
        char_signed: true,
        forced: &[
            "X86",
            "X86_64",
            "64BIT",
            "MMU",
            "PHYS_ADDR_T_64BIT",
            "ARCH_DMA_ADDR_T_64BIT",
        ],
        forbidden: &["X86_32", "CPU_BIG_ENDIAN"],
        predefined: &[("__x86_64__", "1"), ("__LP64__", "1"), ("__LITTLE_ENDIAN__", "1")],
    },
    Arch {
        name: "arm64",
        directory: "arm64",
        word_bits: 64,
        align64: 8,
        aligns_unnamed_bits: true,
        char_signed: false,
        forced: &["ARM64", "64BIT", "MMU", "PHYS_ADDR_T_64BIT", "ARCH_DMA_ADDR_T_64BIT"],
        forbidden: &["CPU_BIG_ENDIAN"],
        predefined: &[("__aarch64__", "1"), ("__LP64__", "1"), ("__AARCH64EL__", "1")],
    },
    Arch {
        name: "i386",
        directory: "x86",
        word_bits: 32,
        align64: 4,
        aligns_unnamed_bits: false,
        char_signed: true,
        forced: &["X86", "X86_32", "MMU"],
        forbidden: &["X86_64", "64BIT"],
        predefined: &[("__i386__", "1")],
    },
    Arch {
        name: "arm",
        directory: "arm",
        word_bits: 32,
        align64: 8,
        aligns_unnamed_bits: true,
        char_signed: false,
        forced: &["ARM"],
        forbidden: &["64BIT", "CPU_BIG_ENDIAN"],
        predefined: &[("__arm__", "1"), ("__ARMEL__", "1"), ("__ARM_EABI__", "1")],
    },
    Arch {
        name: "riscv64",
        directory: "riscv",
        word_bits: 64,
        align64: 8,
        aligns_unnamed_bits: false,
        char_signed: false,
        forced: &[
            "RISCV",
            "64BIT",
            "ARCH_RV64I",
            "PHYS_ADDR_T_64BIT",
            "ARCH_DMA_ADDR_T_64BIT",
        ],
        forbidden: &["32BIT", "ARCH_RV32I"],
        predefined: &[("__riscv", "1"), ("__riscv_xlen", "64"), ("__LP64__", "1")],
    },
    Arch {
        name: "s390x",
        directory: "s390",
        word_bits: 64,
        align64: 8,
        aligns_unnamed_bits: false,
        char_signed: false,
        forced: &["S390", "64BIT", "MMU", "PHYS_ADDR_T_64BIT", "ARCH_DMA_ADDR_T_64BIT"],
        forbidden: &[],
        predefined: &[
            ("__s390__", "1"),
            ("__s390x__", "1"),
            ("__LP64__", "1"),
            ("__BIG_ENDIAN__", "1"),
        ],
    },
    Arch {
        name: "ppc64le",
        directory: "powerpc",
        word_bits: 64,
        align64: 8,
        aligns_unnamed_bits: false,
        char_signed: false,
        forced: &[
            "PPC",
            "PPC64",
            "64BIT",
            "MMU",
            "CPU_LITTLE_ENDIAN",
            "PPC_BOOK3S_64",
            "PHYS_ADDR_T_64BIT",
            "ARCH_DMA_ADDR_T_64BIT",
        ],
        forbidden: &["PPC32", "CPU_BIG_ENDIAN"],
        predefined: &[
            ("__powerpc__", "1"),
            ("__powerpc64__", "1"),
            ("__LP64__", "1"),
            ("__LITTLE_ENDIAN__", "1"),
            ("_CALL_ELF", "2"),
        ],
    },
];

/// Symbols that select an architecture: each is set for its own and for no other.
const ARCH_SYMBOLS: &[&str] = &[
    "ALPHA",
    "ARC",
    "ARM",
    "ARM64",
    "C6X",
    "CSKY",
    "HEXAGON",
    "IA64",
    "LOONGARCH",
    "M68K",
    "MICROBLAZE",
    "MIPS",
    "NIOS2",
    "OPENRISC",
    "PARISC",
    "PPC",
    "RISCV",
    "S390",
    "SPARC",
    "SUPERH",
    "UML",
    "X86",
    "XTENSA",
];

impl Arch {
    /// Whether a configuration symbol is set in every kernel of this architecture, or in none; `None` if that differs.
    pub fn decides(&self, symbol: &str) -> Option<bool> {
        if self.forced.contains(&symbol) {
            return Some(true);
        }
        (self.forbidden.contains(&symbol) || ARCH_SYMBOLS.contains(&symbol)).then_some(false)
    }

    /// What gcc predefines a macro as in a kernel build, if it does.
    pub fn predefines(&self, name: &str) -> Option<Cow<'static, str>> {
        match name {
            "__SIZEOF_LONG__" | "__SIZEOF_POINTER__" | "__SIZEOF_SIZE_T__" | "__SIZEOF_PTRDIFF_T__" => {
                Some((self.word_bits / 8).to_string().into())
            }
            "__CHAR_UNSIGNED__" => (!self.char_signed).then_some("1".into()),
            "__SIZEOF_INT128__" if self.word_bits == 64 => Some("16".into()),
            "__BYTE_ORDER__" if self.is_big_endian() => Some("4321".into()),
            "__BYTE_ORDER__" => Some("1234".into()),
            _ => PREDEFINED
                .iter()
                .chain(self.predefined)
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).into()),
        }
    }

    fn is_big_endian(&self) -> bool {
        self.predefined.iter().any(|(name, _)| *name == "__BIG_ENDIAN__")
    }
}

/// Macros that gcc predefines for every kernel build, whatever the architecture.
const PREDEFINED: &[(&str, &str)] = &[
    ("__KERNEL__", "1"),
    ("__GNUC__", "12"),
    ("__GNUC_MINOR__", "2"),
    ("__GNUC_PATCHLEVEL__", "0"),
    ("__STDC__", "1"),
    ("__STDC_VERSION__", "201112L"),
    ("__OPTIMIZE__", "1"),
    ("__CHAR_BIT__", "8"),
    ("__SIZEOF_SHORT__", "2"),
    ("__SIZEOF_INT__", "4"),
    ("__SIZEOF_LONG_LONG__", "8"),
    ("__ORDER_LITTLE_ENDIAN__", "1234"),
    ("__ORDER_BIG_ENDIAN__", "4321"),
];

/// The architecture of a name, also of the names that `uname -m` and Debian have for it.
pub fn find(name: &str) -> Option<&'static Arch> {
    let name = match name {
        "amd64" | "x86-64" => "x86_64",
        "aarch64" => "arm64",
        "i686" | "i586" | "i486" | "x86" => "i386",
        "armv7l" | "armhf" | "armel" => "arm",
        "riscv" => "riscv64",
        "s390" => "s390x",
        "ppc64el" | "powerpc64le" => "ppc64le",
        other => other,
    };
    ARCHES.iter().find(|a| a.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn predefines_what_gcc_does() {
        let names = [
            "__SIZEOF_POINTER__",
            "__SIZEOF_INT128__",
            "__BYTE_ORDER__",
            "__CHAR_UNSIGNED__",
            "__riscv_xlen",
        ];
        let cases = [
            ("x86_64", ["8", "16", "1234", "-", "-"]),
            ("arm64", ["8", "16", "1234", "1", "-"]),
            ("i386", ["4", "-", "1234", "-", "-"]),
            ("arm", ["4", "-", "1234", "1", "-"]),
            ("riscv64", ["8", "16", "1234", "1", "64"]),
            ("s390x", ["8", "16", "4321", "1", "-"]),
            ("ppc64le", ["8", "16", "1234", "1", "-"]),
        ];
        for (arch, want) in cases {
            let arch = find(arch).expect("known");
            let found = names.map(|name| arch.predefines(name).unwrap_or("-".into()).into_owned());
            assert_eq!(found, want, "{}", arch.name);
            assert_eq!(arch.predefines("__CHAR_BIT__").as_deref(), Some("8"), "{}", arch.name);
        }
    }
}
