//! Which configuration a source file needs to be built: the chain of Kbuild makefiles from its object up to the root.
//! `obj-$(CONFIG_X) += foo.o`, `foo-y += bar.o`, and `obj-$(CONFIG_Y) += dir/` of every directory on the way.

use std::sync::Arc;

use memchr::memmem;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::arch::Arch;
use crate::config::Config;
use crate::make::{Makefile, Needs, Word, World};
use crate::memory::Content;
use crate::tree::{Files, directory, join};

/// How many ways to build one file are kept; real ones have one or two.
const MAX_WAYS: usize = 4;
/// How deep composite objects may nest.
const MAX_DEPTH: u32 = 16;

/// The ways in which something is built, each a set of needs; none: it is not built at all.
pub type Ways = Vec<Needs>;

/// A list of objects that Kbuild links by itself, as opposed to the parts of a composite object.
fn is_goal(base: &str) -> bool {
    matches!(
        base,
        "obj" | "lib" | "core" | "drivers" | "net" | "libs" | "init" | "virt" | "head" | "subdir" | "built-in"
    )
}

/// What one makefile says of each path: the list it stands in, and what that needs.
struct Lists {
    /// Directory of the makefile.
    dir: String,
    /// By full path (directories without the slash): the base of the list (`obj`, or `xfs` of `xfs-y`) and the needs.
    entries: FxHashMap<String, Vec<(String, Needs)>>,
    /// Pattern rules that make objects of sources elsewhere: paths of the sources and of the objects before the stem.
    patterns: Vec<(String, String)>,
}

impl Lists {
    /// The objects that the makefile's pattern rules make of a source, given without its `.c`.
    fn objects(&self, stem: &str) -> Vec<String> {
        let made = self.patterns.iter().filter_map(|(source, object)| {
            let rest = stem.strip_prefix(source.as_str())?;
            Some(format!("{object}{rest}.o"))
        });
        made.collect()
    }
}

/// The pattern rules of a makefile, such as `$(obj)/i915-display/%.o: $(srctree)/drivers/gpu/drm/i915/display/%.c FORCE`.
fn pattern_rules(text: &str, dir: &str) -> Vec<(String, String)> {
    let path = |word: &str, ending: &str| {
        let before = word.strip_suffix(ending)?.strip_suffix('%')?;
        let at = before
            .replace("$(obj)", dir)
            .replace("$(src)", dir)
            .replace("$(srctree)/", "");
        let path = (!at.contains('$')).then(|| join("", at.trim_end_matches('/')))??;
        Some(if at.ends_with('/') { format!("{path}/") } else { path })
    };
    let rules = text.lines().filter_map(|line| {
        let (target, sources) = line.split_once(':').filter(|(target, _)| target.contains('%'))?;
        let source = sources.split_whitespace().find_map(|word| path(word, ".c"))?;
        Some((source, path(target.trim(), ".o")?))
    });
    rules.collect()
}

/// The build description of one kernel tree.
pub struct Kbuild<'f> {
    files: &'f dyn Files,
    arch: &'static Arch,
    config: Option<Config>,
    lists: FxHashMap<String, Option<Arc<Lists>>>,
    /// Lists of this kernel and of earlier ones, which hold as long as the makefiles that were read for them do not change.
    known: &'f mut Makefiles,
    directories: FxHashMap<String, Ways>,
    /// Files that are built because of a makefile that does not lie above them.
    strays: FxHashSet<String>,
    /// Makefiles with their texts; read only when some file is named by a makefile that is not above it.
    all: Option<Vec<(String, Arc<[u8]>)>>,
}

/// Makefiles that were evaluated, for one architecture and configuration, by their path.
#[derive(Default)]
pub struct Makefiles(FxHashMap<String, Evaluated>);

struct Evaluated {
    lists: Option<Arc<Lists>>,
    /// The makefiles that were read for it, with their contents; none for one that is not there.
    read: Vec<(String, Option<Content>)>,
}

struct Reader<'a> {
    files: &'a dyn Files,
    arch: &'static Arch,
    config: Option<&'a Config>,
    /// The makefiles that were asked for.
    read: Vec<String>,
}

impl World for Reader<'_> {
    fn makefile(&mut self, path: &str) -> Option<String> {
        self.read.push(path.to_owned());
        if !self.files.contains(path) {
            return None;
        }
        self.files
            .read(path)
            .map(|text| String::from_utf8_lossy(&text).into_owned())
    }

    fn config(&self, symbol: &str) -> Option<String> {
        match self.config {
            Some(config) => Some(config.get(symbol).unwrap_or("").to_owned()),
            None => self
                .arch
                .decides(symbol)
                .map(|set| if set { "y" } else { "" }.to_owned()),
        }
    }
}

impl<'f> Kbuild<'f> {
    /// The build description of a tree; nothing is read yet. `known` has what is known from trees for the same architecture
    /// and configuration.
    pub fn new(files: &'f dyn Files, arch: &'static Arch, config: Option<Config>, known: &'f mut Makefiles) -> Self {
        Kbuild {
            files,
            known,
            arch,
            config,
            lists: FxHashMap::default(),
            directories: FxHashMap::default(),
            strays: FxHashSet::default(),
            all: None,
        }
    }

    /// The ways in which a C file is built, as a file of its own.
    pub fn source(&mut self, path: &str) -> Ways {
        let Some(stem) = path.strip_suffix(".c") else {
            return vec![Vec::new()];
        };
        let object = format!("{stem}.o");
        let mut ways = Ways::new();
        for lists in self.above(directory(path)) {
            ways.extend(self.object(&lists, &object, 0));
            if !ways.is_empty() {
                return simplified(ways);
            }
        }
        self.strays.insert(path.to_owned());
        for lists in self.elsewhere(path) {
            ways.extend(self.object(&lists, &object, 0));
            for made in lists.objects(stem) {
                ways.extend(self.object(&lists, &made, 0));
            }
        }
        simplified(ways)
    }

    /// Directories that the makefiles at the top descend into and that are not there: then the tree is not a whole kernel.
    pub fn missing(&mut self) -> Vec<String> {
        let files = self.files;
        let is_there = |dir: &str| {
            ["Kbuild", "Makefile"]
                .iter()
                .any(|name| files.contains(&format!("{dir}/{name}")))
        };
        let lists: Vec<Arc<Lists>> = ["Kbuild", "Makefile"]
            .iter()
            .filter_map(|path| self.lists_at(path, ""))
            .collect();
        let entries = lists.iter().flat_map(|lists| &lists.entries);
        let mut missing: Vec<String> = entries
            .filter(|(path, named)| {
                let is_directory = !path.contains('.') && named.iter().any(|(base, _)| is_goal(base));
                is_directory && !is_there(path)
            })
            .map(|(path, _)| path.clone())
            .collect();
        missing.sort();
        missing.dedup();
        missing
    }

    /// Whether makefiles that do not lie above a file were asked for it.
    pub fn is_stray(&self, path: &str) -> bool {
        self.strays.contains(path)
    }

    /// The makefiles of a directory and of those above it, nearest first; then those that name paths from the root.
    fn above(&mut self, dir: &str) -> Vec<Arc<Lists>> {
        let mut out = Vec::new();
        let mut at = Some(dir);
        while let Some(here) = at.filter(|d| !d.is_empty()) {
            out.extend(self.lists_of(here));
            at = here.rsplit_once('/').map(|(parent, _)| parent);
        }
        let arch = format!("arch/{}/Makefile", self.arch.directory);
        for path in [arch.as_str(), "Kbuild", "Makefile"] {
            out.extend(self.lists_at(path, ""));
        }
        out
    }

    /// The lists of a directory's own makefile: `Kbuild` before `Makefile`, as Kbuild looks for them.
    fn lists_of(&mut self, dir: &str) -> Option<Arc<Lists>> {
        let name = ["Kbuild", "Makefile"]
            .into_iter()
            .find(|n| self.files.contains(&format!("{dir}/{n}")))?;
        // The Makefile of an architecture speaks of paths from the root; its Kbuild, of its own.
        if name == "Makefile" && dir == format!("arch/{}", self.arch.directory) {
            return None;
        }
        self.lists_at(&format!("{dir}/{name}"), dir)
    }

    /// The lists of the makefile at `path`, whose paths are relative to `dir`.
    fn lists_at(&mut self, path: &str, dir: &str) -> Option<Arc<Lists>> {
        if let Some(known) = self.lists.get(path) {
            return known.clone();
        }
        let files = self.files;
        let holds = |known: &&Evaluated| known.read.iter().all(|(path, content)| files.content(path) == *content);
        let lists = match self.known.0.get(path).filter(holds) {
            Some(known) => known.lists.clone(),
            None => self.evaluated(path, dir),
        };
        self.lists.insert(path.to_owned(), lists.clone());
        lists
    }

    fn evaluated(&mut self, path: &str, dir: &str) -> Option<Arc<Lists>> {
        let bits = self.arch.word_bits.to_string();
        let variables = [
            ("srctree", ""),
            ("src", dir),
            ("obj", dir),
            ("srcroot", "."),
            ("SRCARCH", self.arch.directory),
            ("ARCH", self.arch.directory),
            ("BITS", bits.as_str()),
            ("KBUILD_BUILTIN", "1"),
            // The top Makefile calls itself once; the lists stand in the second run.
            ("sub_make_done", "1"),
            ("MAKEFLAGS", "rR --no-print-directory"),
        ];
        let mut reader = Reader {
            files: self.files,
            arch: self.arch,
            config: self.config.as_ref(),
            read: vec![path.to_owned()],
        };
        let lists = Makefile::evaluate(path, &variables, &mut reader).map(|make| {
            let mut entries: FxHashMap<String, Vec<(String, Needs)>> = FxHashMap::default();
            for (name, words) in make.lists() {
                // `obj-y`, `obj-m`, `xfs-objs`; `xfs-` is the list for symbols that are not set.
                let Some((base, kind)) = name.rsplit_once('-') else {
                    continue;
                };
                if !matches!(kind, "y" | "m" | "objs") {
                    continue;
                }
                for Word { text, needs } in words {
                    // Before 5.x the top Makefile turns `fs/` into what is linked of it.
                    let linked = ["/built-in.o", "/built-in.a", "/lib.a"]
                        .iter()
                        .find_map(|l| text.strip_suffix(l));
                    if let Some(path) = join(dir, linked.unwrap_or(text)) {
                        entries.entry(path).or_default().push((base.to_owned(), needs.clone()));
                    }
                }
            }
            let text = self.files.read(path);
            let patterns = text.map(|text| pattern_rules(&String::from_utf8_lossy(&text), dir));
            Arc::new(Lists {
                dir: dir.to_owned(),
                entries,
                patterns: patterns.unwrap_or_default(),
            })
        });
        let read: Vec<_> = reader
            .read
            .into_iter()
            .map(|path| (self.files.content(&path), path))
            .collect();
        // Files without a content id cannot be told from others.
        if read
            .iter()
            .all(|(content, path)| content.is_some() || !self.files.contains(path))
        {
            let read = read.into_iter().map(|(content, path)| (path, content)).collect();
            let lists = lists.clone();
            self.known.0.insert(path.to_owned(), Evaluated { lists, read });
        }
        lists
    }

    /// The ways in which an object is built, as far as one makefile says.
    fn object(&mut self, lists: &Lists, object: &str, depth: u32) -> Ways {
        let mut ways = Ways::new();
        if depth > MAX_DEPTH {
            return ways;
        }
        for (base, needs) in lists.entries.get(object).into_iter().flatten() {
            let above = if is_goal(base) {
                self.directory(&lists.dir)
            } else {
                // A part of a composite object: `xfs-y += xfs_trace.o` is built where xfs.o is.
                match join(&lists.dir, &format!("{base}.o")) {
                    Some(whole) if whole != object => self.object(lists, &whole, depth + 1),
                    _ => Ways::new(),
                }
            };
            ways.extend(
                above
                    .into_iter()
                    .map(|way| way.into_iter().chain(needs.iter().cloned()).collect()),
            );
        }
        simplified(ways)
    }

    /// The ways in which a directory is descended into.
    fn directory(&mut self, dir: &str) -> Ways {
        if dir.is_empty() || dir == format!("arch/{}", self.arch.directory) {
            return vec![Vec::new()];
        }
        if let Some(known) = self.directories.get(dir) {
            return known.clone();
        }
        // A makefile that leads back to itself leads nowhere.
        self.directories.insert(dir.to_owned(), Ways::new());
        let parent = dir.rsplit_once('/').map_or("", |(parent, _)| parent);
        let mut ways = Ways::new();
        for lists in self.above(parent) {
            for (base, needs) in lists.entries.get(dir).into_iter().flatten() {
                if is_goal(base) {
                    let above = self.directory(&lists.dir);
                    ways.extend(
                        above
                            .into_iter()
                            .map(|way| way.into_iter().chain(needs.iter().cloned()).collect::<Needs>()),
                    );
                }
            }
            if !ways.is_empty() {
                break;
            }
        }
        let ways = simplified(ways);
        self.directories.insert(dir.to_owned(), ways.clone());
        ways
    }

    fn all(&mut self) -> &[(String, Arc<[u8]>)] {
        let files = self.files;
        self.all.get_or_insert_with(|| {
            let mut paths = files.named("Makefile");
            paths.extend(files.named("Kbuild"));
            paths
                .into_iter()
                .filter_map(|path| files.read(&path).map(|text| (path, text)))
                .collect()
        })
    }

    /// The C files that include `path` and are built in its place (`kernel/sched/build_policy.c`), with their ways. They lie
    /// in the nearest directory that has a makefile: `#include "ext/ext.c"`.
    pub fn includers(&mut self, path: &str) -> Vec<(String, Ways)> {
        let mut dir = directory(path);
        let lists = loop {
            match self.lists_of(dir) {
                Some(lists) => break lists,
                None if dir.is_empty() => return Vec::new(),
                None => dir = directory(dir),
            }
        };
        let name = path[dir.len()..].trim_start_matches('/');
        let quoted = format!("\"{name}\"");
        let mut found: Vec<String> = lists
            .entries
            .keys()
            .filter(|object| directory(object) == dir)
            .filter_map(|object| object.strip_suffix(".o").map(|stem| format!("{stem}.c")))
            .filter(|source| {
                let text = if self.files.contains(source) {
                    self.files.read(source)
                } else {
                    None
                };
                text.is_some_and(|text| memmem::find(&text, quoted.as_bytes()).is_some())
            })
            .collect();
        found.sort();
        found
            .into_iter()
            .map(|source| (source.clone(), self.source(&source)))
            .filter(|(_, ways)| !ways.is_empty())
            .collect()
    }

    /// Makefiles that are not above a file and may name it all the same, as `arch/x86/kvm/Makefile` names `virt/kvm/`.
    fn elsewhere(&mut self, path: &str) -> Vec<Arc<Lists>> {
        let dir = directory(path);
        let top = format!("arch/{}/", self.arch.directory);
        let parts: Vec<&str> = dir.rsplit('/').take(2).collect();
        let candidates: Vec<String> = self
            .all()
            .iter()
            .filter(|(makefile, text)| {
                let foreign = makefile.starts_with("arch/") && !makefile.starts_with(&top);
                let near = common(makefile, path) > 0 || makefile.starts_with(&top);
                !foreign && near && parts.iter().any(|part| memmem::find(text, part.as_bytes()).is_some())
            })
            .map(|(makefile, _)| makefile.clone())
            .collect();
        candidates
            .iter()
            .filter_map(|makefile| self.lists_at(makefile, directory(makefile)))
            .collect()
    }
}

/// The number of leading directories two paths share.
fn common(a: &str, b: &str) -> usize {
    directory(a)
        .split('/')
        .zip(directory(b).split('/'))
        .take_while(|(x, y)| x == y)
        .count()
}

/// Needs without repetition, ways without those that another one makes superfluous.
fn simplified(ways: Ways) -> Ways {
    let mut out: Ways = Vec::new();
    for mut way in ways {
        way.sort();
        way.dedup();
        let contradictory = way.iter().any(|(symbol, set)| way.contains(&(symbol.clone(), !set)));
        let covered = out.iter().any(|other| other.iter().all(|need| way.contains(need)));
        if !contradictory && !covered {
            out.retain(|other| !way.iter().all(|need| other.contains(need)));
            out.push(way);
        }
    }
    out.truncate(MAX_WAYS);
    out
}

/// Ways as the text of a condition: `CONFIG_XFS_FS && CONFIG_XFS_QUOTA`; `None` if something is always built.
pub fn spell(ways: &Ways) -> Option<String> {
    if ways.iter().any(Vec::is_empty) {
        return None;
    }
    let need = |(symbol, set): &(String, bool)| format!("{}CONFIG_{symbol}", if *set { "" } else { "!" });
    let all: Vec<String> = ways
        .iter()
        .map(|way| way.iter().map(need).collect::<Vec<_>>().join(" && "))
        .collect();
    match all.as_slice() {
        [one] => Some(one.clone()),
        many => Some(format!("({})", many.join(" || "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Tree(Vec<(&'static str, &'static str)>);

    impl Files for Tree {
        fn read(&self, path: &str) -> Option<Arc<[u8]>> {
            self.0
                .iter()
                .find(|(p, _)| *p == path)
                .map(|(_, t)| Arc::from(t.as_bytes()))
        }
        fn contains(&self, path: &str) -> bool {
            self.0.iter().any(|(p, _)| *p == path)
        }
        fn named(&self, name: &str) -> Vec<String> {
            let named = self
                .0
                .iter()
                .map(|(p, _)| *p)
                .filter(|p| p.rsplit('/').next() == Some(name));
            named.map(str::to_owned).collect()
        }
    }

    fn tree() -> Tree {
        Tree(vec![
            ("Kbuild", "obj-y += fs/ kernel/\nobj-$(CONFIG_NET) += net/"),
            (
                "Makefile",
                "include arch/$(SRCARCH)/Makefile\nlibs-y := lib/\nlibs-y := $(patsubst %/, %/lib.a, $(libs-y))",
            ),
            ("lib/Makefile", "lib-y := idr.o"),
            ("arch/x86/Makefile", "drivers-$(CONFIG_PCI) += arch/x86/pci/"),
            ("arch/x86/Kbuild", "obj-$(CONFIG_KVM) += kvm/"),
            ("arch/x86/pci/Makefile", "obj-y += i386.o"),
            (
                "arch/x86/kvm/Makefile",
                "include $(srctree)/virt/kvm/Makefile.kvm\nkvm-y += x86.o\nobj-$(CONFIG_KVM_X86) += kvm.o",
            ),
            (
                "virt/kvm/Makefile.kvm",
                "KVM ?= ../../../virt/kvm\nkvm-y := $(KVM)/kvm_main.o",
            ),
            ("fs/Makefile", "obj-$(CONFIG_XFS_FS) += xfs/\nobj-y += open.o"),
            (
                "fs/xfs/Makefile",
                "obj-$(CONFIG_XFS_FS) += xfs.o\nxfs-y += xfs_trace.o $(addprefix libxfs/, xfs_ag.o)\nxfs-$(CONFIG_XFS_SCRUB) += $(addprefix scrub/, trace.o)",
            ),
            (
                "kernel/Makefile",
                "obj-y += fork.o sched/\nifdef CONFIG_FTRACE\nobj-$(CONFIG_TRACING) += trace/\nendif",
            ),
            ("kernel/sched/Makefile", "obj-y += build.o other.o"),
            (
                "kernel/sched/build.c",
                "#include \"policy.c\"\n# include \"ext/ext.c\"\n",
            ),
            ("kernel/sched/other.c", "int x;\n"),
            ("kernel/trace/Makefile", "obj-y += trace.o"),
            (
                "net/Makefile",
                "obj-m += x.o\nobj-$(CONFIG_NEWER) += newer.o\nnewer-y += old-core/shared.o\n$(obj)/old-core/%.o: $(srctree)/net/old/%.c FORCE\n\t$(call cmd,force)",
            ),
            ("net/old/Makefile", "obj-$(CONFIG_OLD) += other.o"),
        ])
    }

    fn ways(path: &str, config: Option<&str>) -> Option<String> {
        let tree = tree();
        let arch = crate::arch::find("x86_64").expect("x86_64");
        let mut known = Makefiles::default();
        let ways = Kbuild::new(&tree, arch, config.map(Config::parse), &mut known).source(path);
        if ways.is_empty() {
            Some("never".to_owned())
        } else {
            spell(&ways)
        }
    }

    #[test]
    fn follows_the_chain() {
        let cases = [
            ("kernel/fork.c", None),
            ("fs/xfs/xfs_trace.c", Some("CONFIG_XFS_FS")),
            ("fs/xfs/libxfs/xfs_ag.c", Some("CONFIG_XFS_FS")),
            ("fs/xfs/scrub/trace.c", Some("CONFIG_XFS_FS && CONFIG_XFS_SCRUB")),
            ("kernel/trace/trace.c", Some("CONFIG_FTRACE && CONFIG_TRACING")),
            ("arch/x86/pci/i386.c", Some("CONFIG_PCI")),
            ("arch/x86/kvm/x86.c", Some("CONFIG_KVM && CONFIG_KVM_X86")),
            ("virt/kvm/kvm_main.c", Some("CONFIG_KVM && CONFIG_KVM_X86")),
            ("net/x.c", Some("CONFIG_NET")),
            ("lib/idr.c", None),
            ("net/old/shared.c", Some("CONFIG_NET && CONFIG_NEWER")),
            ("kernel/sched/policy.c", Some("never")),
            ("drivers/none.c", Some("never")),
        ];
        for (path, want) in cases {
            assert_eq!(ways(path, None).as_deref(), want, "{path}");
        }
    }

    #[test]
    fn finds_the_file_that_includes_another() {
        let tree = tree();
        let mut known = Makefiles::default();
        let mut kbuild = Kbuild::new(&tree, crate::arch::find("x86_64").expect("x86_64"), None, &mut known);
        let build = [("kernel/sched/build.c".to_owned(), vec![Vec::new()])];
        assert_eq!(kbuild.includers("kernel/sched/policy.c"), build);
        assert_eq!(kbuild.includers("kernel/sched/ext/ext.c"), build);
        for path in ["kernel/sched/ext.c", "kernel/fork.c", "kernel/none/x.c", "x.c"] {
            assert_eq!(kbuild.includers(path), [], "{path}");
        }
    }

    #[test]
    fn decides_with_a_configuration() {
        let config = "CONFIG_XFS_FS=m\nCONFIG_NET=y\n";
        let cases = [
            ("fs/xfs/xfs_trace.c", None),
            ("fs/xfs/scrub/trace.c", Some("never")),
            ("kernel/trace/trace.c", Some("never")),
            ("net/x.c", None),
        ];
        for (path, want) in cases {
            assert_eq!(ways(path, Some(config)).as_deref(), want, "{path}");
        }
    }
}
