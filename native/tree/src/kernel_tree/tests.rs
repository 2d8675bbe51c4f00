//! Small made-up kernels, as directories and as git repositories made by `git` itself.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;
use tpabi_core::tree::Files;

use super::{KernelTree, Listings, MAX_FILE_BYTES, Revision, Texts, TreeFile, TreeFiles, open_directory};
use crate::error::TreeError;

const HEADER: &str = "include/trace/events/a.h";

fn kernel(files: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().expect("a temporary directory");
    for (path, text) in files {
        write(root.path(), path, text);
    }
    root
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("a parent")).expect("made");
    fs::write(path, text).expect("written");
}

/// Runs git without the configuration of whoever runs the tests.
fn git(directory: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args([
            "-c",
            "user.name=A",
            "-c",
            "user.email=a@example.org",
            "-c",
            "init.defaultBranch=main",
        ])
        .args(arguments)
        .current_dir(directory)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .expect("git runs");
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Two commits, tagged `v1.0` (annotated) and `v1.1`; `tree-only` is a tag of a tree.
fn repository() -> TempDir {
    let root = kernel(&[
        (HEADER, "one"),
        ("Makefile", "VERSION = 1"),
        ("kernel/a-b.c", ""),
        ("kernel/a/b.c", ""),
    ]);
    let git = |arguments: &[&str]| git(root.path(), arguments);
    git(&["init", "-q"]);
    symlink("../Makefile", root.path().join("kernel/link")).expect("linked");
    git(&["add", "-A"]);
    git(&["commit", "-qm", "one"]);
    git(&["tag", "-a", "-m", "one", "v1.0"]);
    write(root.path(), HEADER, "two");
    git(&["commit", "-qam", "two"]);
    git(&["tag", "v1.1"]);
    git(&["tag", "tree-only", "HEAD~1^{tree}"]);
    root
}

fn text(tree: &dyn KernelTree, path: &str) -> String {
    let file = tree.files().iter().find(|file| &*file.path == path).expect("listed");
    String::from_utf8(tree.reader().read(file).expect("readable").to_vec()).expect("UTF-8")
}

fn paths(tree: &dyn KernelTree) -> Vec<&str> {
    tree.files().iter().map(|file| &*file.path).collect()
}

fn open_revision(path: &Path, revision: &str) -> Result<Box<dyn KernelTree>, TreeError> {
    Revision::find(path, revision)?.open(&mut Listings::default())
}

fn failure(opened: Result<Box<dyn KernelTree>, TreeError>) -> TreeError {
    opened.err().expect("a failure")
}

#[test]
fn reads_every_spelling_of_a_revision_without_a_checkout() {
    let root = repository();
    fs::remove_dir_all(root.path().join("include")).expect("removed");
    let first = git(root.path(), &["rev-parse", "v1.0^{commit}"]);
    for (revision, expected) in [
        ("v1.0", "one"),
        ("v1.1", "two"),
        ("HEAD", "two"),
        ("main", "two"),
        ("HEAD~1", "one"),
        (&first[..9], "one"),
    ] {
        let tree = open_revision(root.path(), revision).expect(revision);
        assert_eq!(text(&*tree, HEADER), expected, "{revision}");
        assert_eq!(
            paths(&*tree),
            ["Makefile", HEADER, "kernel/a-b.c", "kernel/a/b.c"],
            "{revision}"
        );
    }
    assert_eq!(Revision::find(root.path(), "v1.0").expect("found").commit(), first);
}

#[test]
fn reads_a_tag_of_a_tree() {
    let root = repository();
    let tree = Revision::find(root.path(), "tree-only").expect("found");
    assert_eq!(tree.commit(), git(root.path(), &["rev-parse", "v1.0^{tree}"]));
    assert_eq!(tree.id(), Revision::find(root.path(), "v1.0").expect("found").id());
    assert_eq!(tree.id(), tree.open(&mut Listings::default()).expect("a tree").id());
}

#[test]
fn finds_the_objects_however_they_are_stored() {
    let root = repository();
    let packed = |directory: &Path| text(&*open_revision(directory, "v1.0").expect("a tree"), HEADER);
    assert_eq!(packed(&root.path().join("kernel")), "one", "from a directory inside");
    git(root.path(), &["gc", "-q"]);
    assert_eq!(packed(root.path()), "one", "packed objects and refs");
    let elsewhere = tempfile::tempdir().expect("a temporary directory");
    let source = root.path().to_str().expect("UTF-8");
    git(
        elsewhere.path(),
        &["clone", "-q", "--bare", "--shared", source, "bare.git"],
    );
    assert_eq!(
        packed(&elsewhere.path().join("bare.git")),
        "one",
        "bare, objects borrowed"
    );
    git(
        root.path(),
        &[
            "worktree",
            "add",
            "-q",
            elsewhere.path().join("side").to_str().expect("UTF-8"),
            "v1.1",
        ],
    );
    assert_eq!(packed(&elsewhere.path().join("side")), "one", "a second work tree");
}

#[test]
fn offers_names_near_an_unknown_revision() {
    let root = repository();
    let error = failure(open_revision(root.path(), "v1.2"));
    assert_eq!(error.code(), "unknown-revision");
    assert_eq!(error.hint(), Some("did you mean 'v1.0' or 'v1.1'?"));
    assert_eq!(failure(open_revision(root.path(), "nothing-like-it")).hint(), None);
}

#[test]
fn tells_what_is_no_repository_and_no_kernel() {
    let empty = tempfile::tempdir().expect("a temporary directory");
    assert_eq!(failure(open_revision(empty.path(), "HEAD")).code(), "not-a-repository");
    assert_eq!(
        failure(open_revision(&empty.path().join("absent"), "HEAD")).code(),
        "not-found"
    );
    assert_eq!(
        failure(open_directory(&empty.path().join("absent"))).code(),
        "not-found"
    );
    assert_eq!(failure(open_directory(empty.path())).code(), "not-a-kernel");
    write(empty.path(), "file", "text");
    git(empty.path(), &["init", "-q"]);
    git(empty.path(), &["add", "file"]);
    git(empty.path(), &["commit", "-qm", "no kernel"]);
    assert_eq!(failure(open_revision(empty.path(), "HEAD")).code(), "not-a-kernel");
    assert_eq!(
        failure(open_revision(empty.path(), "HEAD:file")).code(),
        "unknown-revision"
    );
}

#[test]
fn a_missing_blob_is_a_problem_of_its_file() {
    let root = repository();
    let blob = git(root.path(), &["rev-parse", &format!("v1.0:{HEADER}")]);
    fs::remove_file(root.path().join(".git/objects").join(&blob[..2]).join(&blob[2..])).expect("removed");
    let tree = open_revision(root.path(), "v1.0").expect("a tree");
    let mut texts = Texts::default();
    let files = TreeFiles::new(&*tree, &mut texts);
    assert!(files.contains(HEADER));
    assert!(files.read(HEADER).is_none());
    assert_eq!(files.read("Makefile").as_deref(), Some(&b"VERSION = 1"[..]));
    let problems = files.into_problems();
    assert_eq!(
        (problems[0].code, problems[0].file.as_deref()),
        ("file-missing", Some(HEADER))
    );
}

#[test]
fn a_missing_subtree_is_a_problem_of_its_directory() {
    let root = repository();
    let subtree = git(root.path(), &["rev-parse", "v1.0:kernel/a"]);
    fs::remove_file(root.path().join(".git/objects").join(&subtree[..2]).join(&subtree[2..])).expect("removed");
    let tree = open_revision(root.path(), "v1.0").expect("a tree");
    assert_eq!(tree.problems()[0].code, "directory-missing");
    assert_eq!(tree.problems()[0].file.as_deref(), Some("kernel/a"));
}

#[test]
fn reads_a_directory_without_following_links() {
    let outside = kernel(&[("secret/file.h", "secret")]);
    let root = kernel(&[(HEADER, "one"), ("a-b/c", ""), ("a/c", ""), (".git/config", "")]);
    symlink(outside.path().join("secret"), root.path().join("include/linked")).expect("linked");
    symlink(outside.path().join("secret/file.h"), root.path().join("include/file.h")).expect("linked");
    let tree = open_directory(root.path()).expect("a tree");
    assert_eq!(paths(&*tree), ["a-b/c", "a/c", HEADER]);
    assert_eq!(text(&*tree, HEADER), "one");
    // A file that became a link after it was listed.
    fs::remove_file(root.path().join(HEADER)).expect("removed");
    symlink(outside.path().join("secret/file.h"), root.path().join(HEADER)).expect("linked");
    let header = tree.files().iter().find(|file| &*file.path == HEADER).expect("listed");
    assert_eq!(
        tree.reader().read(header).expect_err("not followed").code,
        "file-unreadable"
    );
}

#[test]
fn the_ids_of_a_directory_change_with_its_files() {
    let root = kernel(&[(HEADER, "one"), ("b", "")]);
    let before = open_directory(root.path()).expect("a tree");
    assert_eq!(before.id(), open_directory(root.path()).expect("a tree").id());
    write(root.path(), HEADER, "two");
    let after = open_directory(root.path()).expect("a tree");
    assert_ne!(before.id(), after.id());
    let changed = |(before, after): (&TreeFile, &TreeFile)| before.content != after.content;
    assert_eq!(
        before
            .files()
            .iter()
            .zip(after.files())
            .map(changed)
            .collect::<Vec<_>>(),
        [false, true]
    );
}

#[test]
fn a_large_file_is_a_problem_of_its_own() {
    let root = kernel(&[(HEADER, "one"), ("large", &"x".repeat(MAX_FILE_BYTES + 1))]);
    git(root.path(), &["init", "-q"]);
    git(root.path(), &["add", "-A"]);
    git(root.path(), &["commit", "-qm", "large"]);
    for tree in [open_directory(root.path()), open_revision(root.path(), "HEAD")] {
        let tree = tree.expect("a tree");
        let large = tree.files().last().expect("listed");
        assert_eq!(tree.reader().read(large).expect_err("too large").code, "file-too-large");
    }
}

#[test]
fn a_tree_that_multiplies_itself_is_refused() {
    let root = kernel(&[(HEADER, "one")]);
    git(root.path(), &["init", "-q"]);
    git(root.path(), &["add", "-A"]);
    let mut tree = git(root.path(), &["write-tree"]);
    for _ in 0..5 {
        let entries: Vec<String> = ('a'..='j')
            .map(|name| {
                format!(
                    "040000 tree {tree}	{name}
"
                )
            })
            .collect();
        fs::write(root.path().join("entries"), entries.concat()).expect("written");
        let made = Command::new("git")
            .arg("mktree")
            .current_dir(root.path())
            .stdin(fs::File::open(root.path().join("entries")).expect("opened"))
            .output()
            .expect("git runs");
        String::from_utf8_lossy(&made.stdout).trim().clone_into(&mut tree);
    }
    assert_eq!(failure(open_revision(root.path(), &tree)).code(), "limit-exceeded");
}

#[test]
fn a_tree_without_a_bottom_is_refused() {
    let root = kernel(&[(HEADER, "one"), (&format!("{}a.h", "a/".repeat(80)), "")]);
    assert_eq!(failure(open_directory(root.path())).code(), "limit-exceeded");
    git(root.path(), &["init", "-q"]);
    git(root.path(), &["add", "-A"]);
    git(root.path(), &["commit", "-qm", "deep"]);
    assert_eq!(failure(open_revision(root.path(), "HEAD")).code(), "limit-exceeded");
}

#[test]
fn follows_no_link_of_a_revision() {
    let outside = kernel(&[("secret.h", "secret")]);
    let root = kernel(&[(HEADER, "one")]);
    symlink(outside.path().join("secret.h"), root.path().join("include/file.h")).expect("linked");
    symlink("../../etc", root.path().join("include/up")).expect("linked");
    git(root.path(), &["init", "-q"]);
    git(root.path(), &["add", "-A"]);
    git(root.path(), &["commit", "-qm", "links"]);
    let tree = open_revision(root.path(), "HEAD").expect("a tree");
    assert_eq!(paths(&*tree), [HEADER]);
}

#[test]
fn finds_files_by_path_and_by_name() {
    let root = kernel(&[(HEADER, "one"), ("drivers/x/a.h", "x"), ("a.h", "top")]);
    let tree = open_directory(root.path()).expect("a tree");
    let mut texts = Texts::default();
    let files = TreeFiles::new(&*tree, &mut texts);
    assert_eq!(files.named("a.h"), ["a.h", "drivers/x/a.h", HEADER]);
    assert!(files.named("absent.h").is_empty() && !files.contains("drivers") && files.read("absent").is_none());
}

#[test]
fn finds_each_of_many_files_of_the_same_name() {
    let paths: Vec<String> = (10..40).map(|number| format!("drivers/{number}/Makefile")).collect();
    let all: Vec<(&str, &str)> = std::iter::once((HEADER, "one"))
        .chain(paths.iter().map(|path| (path.as_str(), path.as_str())))
        .collect();
    let root = kernel(&all);
    let tree = open_directory(root.path()).expect("a tree");
    let mut texts = Texts::default();
    let files = TreeFiles::new(&*tree, &mut texts);
    for path in &paths {
        assert_eq!(files.read(path).as_deref(), Some(path.as_bytes()));
    }
    assert!(!files.contains("drivers/40/Makefile") && !files.contains("Makefile"));
}
