//! What `uname` says of the kernel of this machine.

use tpabi_core::snapshot::Kernel;

/// Fills in version and architecture of the kernel that runs.
pub(crate) fn name(kernel: &mut Kernel) {
    let uname = rustix::system::uname();
    kernel.version = uname.release().to_string_lossy().into_owned();
    kernel.arch = arch_of(&uname.machine().to_string_lossy()).into();
}

/// The architecture, as tpabi spells it, of what `uname -m` prints; empty if unknown.
fn arch_of(machine: &str) -> &'static str {
    match machine {
        "x86_64" => "x86_64",
        "aarch64" => "arm64",
        "riscv64" => "riscv64",
        "s390x" => "s390x",
        "ppc64le" => "ppc64le",
        _ if machine.len() == 4 && machine.starts_with('i') && machine.ends_with("86") => "i386",
        _ if machine.starts_with("arm") => "arm",
        _ => "",
    }
}
