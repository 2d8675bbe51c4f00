//! Kbuild makefiles as lists: which words go to which variable, and under which configuration symbols.
//! Evaluates the declarative part of GNU make that Kbuild files are written in; recipes, rules and shell calls are passed
//! over, nothing is ever run. A symbol whose value is not known stays in a list's condition.

use rustc_hash::FxHashMap;

/// Bytes of text that one makefile may include and expand to; the largest of real kernels need some hundred kilobytes.
const MAX_EXPANSION: usize = 8 << 20;
/// How deep makefiles may include each other, and calls nest.
const MAX_DEPTH: u32 = 40;

/// Marks around the name of a symbol whose value is not known.
const OPEN: char = '\u{1}';
const CLOSE: char = '\u{2}';

/// Configuration symbols (without `CONFIG_`) that all must be set, or not set where negated.
pub type Needs = Vec<(String, bool)>;

/// A word of a list, with what it needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// The word.
    pub text: String,
    /// The symbols it depends on.
    pub needs: Needs,
}

/// What a makefile can ask for.
pub trait World {
    /// The text of a makefile; the path is relative to the root of the tree.
    fn makefile(&mut self, path: &str) -> Option<String>;
    /// The value of a configuration symbol; an empty text if it is not set, `None` if that is not known.
    fn config(&self, symbol: &str) -> Option<String>;
}

/// An evaluated makefile: the words of each variable, in order.
#[derive(Default)]
pub struct Makefile {
    variables: FxHashMap<String, Vec<Word>>,
    produced: usize,
    depth: u32,
}

/// An `ifeq` that is open.
struct Branch {
    /// `Some(true)`: taken; `Some(false)`: passed over; `None`: not known.
    holds: Option<bool>,
    needs: Needs,
    /// An earlier branch was taken.
    done: bool,
}

impl Makefile {
    /// Evaluates the makefile at `path`, with these variables set beforehand.
    pub fn evaluate(path: &str, variables: &[(&str, &str)], world: &mut dyn World) -> Option<Makefile> {
        let text = world.makefile(path)?;
        let mut make = Makefile::default();
        for (name, value) in variables {
            let words = value.split_whitespace().map(|w| Word {
                text: w.to_owned(),
                needs: Vec::new(),
            });
            make.variables.insert((*name).to_owned(), words.collect());
        }
        make.read(&text, world);
        Some(make)
    }

    /// All variables and their words.
    pub fn lists(&self) -> impl Iterator<Item = (&str, &[Word])> {
        self.variables
            .iter()
            .map(|(name, words)| (name.as_str(), words.as_slice()))
    }

    fn read(&mut self, text: &str, world: &mut dyn World) {
        // Makefiles that include themselves twice would be read without end.
        self.produced += text.len();
        if self.depth >= MAX_DEPTH || self.produced > MAX_EXPANSION {
            return;
        }
        self.depth += 1;
        let mut branches: Vec<Branch> = Vec::new();
        let mut define = false;
        for line in logical_lines(text) {
            if line.starts_with('\t') && branches.is_empty() {
                continue;
            }
            let line = line.trim();
            let (word, rest) = line.split_once([' ', '\t']).map_or((line, ""), |(w, r)| (w, r.trim()));
            if define {
                define = word != "endef";
                continue;
            }
            if self.conditional(word, rest, &mut branches, world) || branches.iter().any(|b| b.holds == Some(false)) {
                continue;
            }
            match word {
                "define" => define = true,
                "include" | "-include" | "sinclude" => {
                    for path in self.words(rest, world) {
                        let path = path.text.trim_start_matches('/').to_owned();
                        if let Some(path) = crate::tree::join("", &path)
                            && let Some(text) = world.makefile(&path)
                        {
                            self.read(&text, world);
                        }
                    }
                }
                "export" | "override" | "unexport" => self.assignment(rest, &branches, world),
                _ => self.assignment(line, &branches, world),
            }
        }
        self.depth -= 1;
    }

    /// Takes in a conditional directive; false if it is none.
    fn conditional(&mut self, word: &str, rest: &str, branches: &mut Vec<Branch>, world: &mut dyn World) -> bool {
        match word {
            "ifeq" | "ifneq" | "ifdef" | "ifndef" => {
                let skipped = branches.iter().any(|b| b.holds == Some(false));
                let (holds, needs) = if skipped {
                    (Some(false), Vec::new())
                } else {
                    self.test(word, rest, world)
                };
                branches.push(Branch {
                    holds,
                    needs,
                    done: holds == Some(true),
                });
            }
            "else" => {
                let Some(last) = branches.pop() else { return true };
                let outer_skips = branches.iter().any(|b| b.holds == Some(false));
                let mut next = match last.holds {
                    _ if last.done || outer_skips => Branch {
                        holds: Some(false),
                        needs: Vec::new(),
                        done: true,
                    },
                    None => Branch {
                        holds: None,
                        needs: negated(&last.needs),
                        done: false,
                    },
                    _ => Branch {
                        holds: Some(true),
                        needs: Vec::new(),
                        done: true,
                    },
                };
                let (word, rest) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
                if next.holds != Some(false) && word.starts_with("if") {
                    let (holds, needs) = self.test(word, rest.trim(), world);
                    next.done = holds == Some(true);
                    if holds != Some(true) || next.holds.is_some() {
                        next.holds = holds;
                    }
                    next.needs.extend(needs);
                }
                branches.push(next);
            }
            "endif" => {
                branches.pop();
            }
            _ => return false,
        }
        true
    }

    fn test(&mut self, word: &str, rest: &str, world: &mut dyn World) -> (Option<bool>, Needs) {
        let negate = matches!(word, "ifneq" | "ifndef");
        let (left, right) = if word.ends_with("def") {
            let value = match rest.trim().strip_prefix("CONFIG_") {
                Some(symbol) => world.config(symbol).unwrap_or_else(|| format!("{OPEN}{symbol}{CLOSE}")),
                None => self.text(&format!("$({})", rest.trim()), world),
            };
            // `ifdef X` holds if X is not empty.
            return flip(decide(&value, ""), !negate);
        } else if let Some(inner) = rest.strip_prefix('(').and_then(|r| r.trim_end().strip_suffix(')')) {
            let at = top_comma(inner).unwrap_or(inner.len());
            (&inner[..at], inner.get(at + 1..).unwrap_or(""))
        } else {
            let mut parts = rest.split(['"', '\'']).filter(|p| !p.trim().is_empty());
            (parts.next().unwrap_or(""), parts.next().unwrap_or(""))
        };
        let (left, right) = (self.text(left, world), self.text(right, world));
        flip(decide(left.trim(), right.trim()), negate)
    }

    fn assignment(&mut self, line: &str, branches: &[Branch], world: &mut dyn World) {
        let Some((name, operator, value)) = split_assignment(line) else {
            return;
        };
        let outer: Needs = branches.iter().flat_map(|b| b.needs.iter().cloned()).collect();
        let expanded = self.text(name, world);
        let (name, needs) = split_symbols(expanded.trim());
        let mut words = self.words(value, world);
        for word in &mut words {
            word.needs.extend(needs.iter().chain(&outer).cloned());
        }
        let unsure = branches.iter().any(|b| b.holds.is_none());
        let variable = self.variables.entry(name).or_default();
        match operator {
            "+=" => variable.extend(words),
            "?=" if !variable.is_empty() => {}
            // Under a condition that is not known, or for one symbol's list, an assignment replaces nothing else.
            _ if unsure || !needs.is_empty() => variable.extend(words),
            _ => *variable = words,
        }
    }

    /// The words of an expression, each with what it needs.
    fn words(&mut self, text: &str, world: &mut dyn World) -> Vec<Word> {
        let mut out = Vec::new();
        for part in top_words(text) {
            match part
                .strip_prefix("$(")
                .and_then(|p| p.strip_suffix(')'))
                .filter(|p| is_one_group(p))
            {
                Some(inner) => out.extend(self.call(inner, world)),
                None => {
                    let value = self.text(part, world);
                    out.extend(value.split_whitespace().map(|w| {
                        let (text, needs) = split_symbols(w);
                        Word { text, needs }
                    }));
                }
            }
        }
        self.produced += out.iter().map(|w| w.text.len()).sum::<usize>();
        if self.produced > MAX_EXPANSION {
            out.clear();
        }
        out
    }

    /// The words of `$(inner)`: a variable or a function call.
    fn call(&mut self, inner: &str, world: &mut dyn World) -> Vec<Word> {
        if self.depth >= MAX_DEPTH {
            return Vec::new();
        }
        self.depth += 1;
        let out = self.call_inner(inner, world);
        self.depth -= 1;
        out
    }

    fn call_inner(&mut self, inner: &str, world: &mut dyn World) -> Vec<Word> {
        match inner.split_once([' ', '\t']).filter(|(f, _)| is_function(f)) {
            Some((function, rest)) => self.function(function, rest, world),
            None => self.variable(inner, world),
        }
    }

    /// The words of a variable, also of `NAME:from=to`, or of a configuration symbol.
    fn variable(&mut self, inner: &str, world: &mut dyn World) -> Vec<Word> {
        let name = self.text(inner, world);
        if let Some((name, pattern)) = name.split_once(':').filter(|(_, p)| p.contains('=')) {
            let (from, to) = pattern.split_once('=').unwrap_or_default();
            let words = self.variables.get(name).cloned().unwrap_or_default();
            return map(words, |w| match w.strip_suffix(from) {
                Some(stem) => format!("{stem}{to}"),
                None => w.to_owned(),
            });
        }
        let Some(symbol) = name.strip_prefix("CONFIG_") else {
            return self.variables.get(name.trim()).cloned().unwrap_or_default();
        };
        let text = world.config(symbol).unwrap_or_else(|| format!("{OPEN}{symbol}{CLOSE}"));
        if text.is_empty() {
            Vec::new()
        } else {
            vec![Word {
                text,
                needs: Vec::new(),
            }]
        }
    }

    /// The words of a function call.
    fn function(&mut self, function: &str, rest: &str, world: &mut dyn World) -> Vec<Word> {
        let mut args: Vec<&str> = Vec::new();
        let mut text = rest;
        while let Some(at) = top_comma(text) {
            args.push(&text[..at]);
            text = &text[at + 1..];
        }
        args.push(text);
        let last = args.len() - 1;
        match (function, args.len()) {
            ("addprefix" | "addsuffix", 2) => {
                let affix = self.text(args[0], world);
                let affix = affix.trim().to_owned();
                let words = self.words(args[1], world);
                map(words, |w| {
                    if function == "addprefix" {
                        format!("{affix}{w}")
                    } else {
                        format!("{w}{affix}")
                    }
                })
            }
            ("subst" | "patsubst", 3) => {
                let (from, to) = (self.text(args[0], world), self.text(args[1], world));
                let (from, to) = if function == "subst" {
                    (from, to)
                } else {
                    (from.trim().to_owned(), to.trim().to_owned())
                };
                let words = self.words(args[2], world);
                // `$(subst m,y,$(CONFIG_X))`: a symbol that is not known stays itself.
                map(words, |w| {
                    if function == "subst" {
                        w.replace(&from, &to)
                    } else {
                        patsubst(&from, &to, w)
                    }
                })
            }
            ("filter" | "filter-out", 2) => {
                let patterns = self.words(args[0], world);
                let keep = function == "filter";
                let words = self.words(args[1], world);
                words
                    .into_iter()
                    .filter(|w| patterns.iter().any(|p| matches(&p.text, &w.text)) == keep)
                    .collect()
            }
            ("if", 2 | 3) => {
                let condition = self.words(args[0], world);
                if condition.is_empty() {
                    args.get(2).map(|a| self.words(a, world)).unwrap_or_default()
                } else {
                    let needs: Needs = condition.into_iter().flat_map(|w| w.needs).collect();
                    let mut words = self.words(args[1], world);
                    for word in &mut words {
                        word.needs.extend(needs.iter().cloned());
                    }
                    words
                }
            }
            ("or" | "and", _) => {
                let parts: Vec<Vec<Word>> = args.iter().map(|a| self.words(a, world)).collect();
                let empty = parts.iter().position(Vec::is_empty);
                match (function, empty) {
                    ("and", Some(_)) => Vec::new(),
                    ("and", None) => parts.into_iter().next_back().unwrap_or_default(),
                    _ => parts.into_iter().find(|p| !p.is_empty()).unwrap_or_default(),
                }
            }
            ("foreach", 3) => {
                let name = self.text(args[0], world);
                let items = self.words(args[1], world);
                let mut out = Vec::new();
                for item in items {
                    let outer = self.variables.insert(name.clone(), vec![item]);
                    out.extend(self.words(args[2], world));
                    match outer {
                        Some(outer) => self.variables.insert(name.clone(), outer),
                        None => self.variables.remove(&name),
                    };
                }
                out
            }
            ("sort" | "strip" | "notdir" | "basename", _) => {
                let words = self.words(args[last], world);
                match function {
                    "notdir" => map(words, |w| w.rsplit('/').next().unwrap_or(w).to_owned()),
                    "basename" => map(words, |w| w.rsplit_once('.').map_or(w, |(stem, _)| stem).to_owned()),
                    _ => words,
                }
            }
            // wildcard, shell, call, eval, error and their like: what they say is not in the text.
            _ => Vec::new(),
        }
    }

    /// The text of an expression; what single words need is kept in their marks.
    fn text(&mut self, text: &str, world: &mut dyn World) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            let (inner, next) = match after.chars().next() {
                Some(open @ ('(' | '{')) => {
                    let end = group_end(after, open);
                    (
                        after.get(1..end.saturating_sub(1)).unwrap_or(""),
                        after.get(end..).unwrap_or(""),
                    )
                }
                Some(c) => {
                    let length = c.len_utf8();
                    (&after[..length], &after[length..])
                }
                None => ("", ""),
            };
            let words = self.call(inner, world);
            out.push_str(&words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" "));
            rest = next;
        }
        out.push_str(rest);
        self.produced += out.len();
        if self.produced > MAX_EXPANSION {
            String::new()
        } else {
            out
        }
    }
}

fn flip((holds, needs): (Option<bool>, Needs), negate: bool) -> (Option<bool>, Needs) {
    if negate {
        (holds.map(|h| !h), negated(&needs))
    } else {
        (holds, needs)
    }
}

/// The opposite of one symbol; of several, nothing can be said in this form.
fn negated(needs: &Needs) -> Needs {
    match needs.as_slice() {
        [(symbol, set)] => vec![(symbol.clone(), !set)],
        _ => Vec::new(),
    }
}

/// Whether two texts are equal, and if that depends on a symbol, on which.
fn decide(left: &str, right: &str) -> (Option<bool>, Needs) {
    if !left.contains(OPEN) && !right.contains(OPEN) {
        return (Some(left == right), Vec::new());
    }
    let (symbol, other) = if left.contains(OPEN) {
        (left, right)
    } else {
        (right, left)
    };
    let name = symbol
        .strip_prefix(OPEN)
        .and_then(|s| s.strip_suffix(CLOSE))
        .filter(|s| !s.contains([OPEN, ' ']));
    match (name, other) {
        (Some(name), "y" | "m") => (None, vec![(name.to_owned(), true)]),
        (Some(name), "" | "n") => (None, vec![(name.to_owned(), false)]),
        _ => (None, Vec::new()),
    }
}

/// A text with the marked symbols taken out: `obj-<X>` is `obj-y` that needs X.
fn split_symbols(text: &str) -> (String, Needs) {
    if !text.contains(OPEN) {
        return (text.to_owned(), Vec::new());
    }
    let mut needs = Vec::new();
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPEN) {
        out.push_str(before);
        let (symbol, next) = after.split_once(CLOSE).unwrap_or((after, ""));
        needs.push((symbol.to_owned(), true));
        rest = next;
    }
    out.push_str(rest);
    if out.ends_with('-') || out.is_empty() {
        out.push('y');
    }
    (out, needs)
}

fn map(words: Vec<Word>, f: impl Fn(&str) -> String) -> Vec<Word> {
    words
        .into_iter()
        .map(|w| Word {
            text: f(&w.text),
            needs: w.needs,
        })
        .collect()
}

fn matches(pattern: &str, word: &str) -> bool {
    match pattern.split_once('%') {
        None => pattern == word,
        Some((before, after)) => word.strip_prefix(before).is_some_and(|rest| rest.ends_with(after)),
    }
}

fn patsubst(from: &str, to: &str, word: &str) -> String {
    match from.split_once('%') {
        None if from == word => to.to_owned(),
        None => word.to_owned(),
        Some((before, after)) => match word.strip_prefix(before).and_then(|w| w.strip_suffix(after)) {
            Some(stem) => to.replacen('%', stem, 1),
            None => word.to_owned(),
        },
    }
}

fn is_function(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') && !word.is_empty()
}

/// Lines with continuations joined and comments taken off.
fn logical_lines(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut current = String::new();
    for line in text.lines() {
        if let Some(part) = line.strip_suffix('\\') {
            current.push_str(part);
            current.push(' ');
            continue;
        }
        current.push_str(line);
        let comment = current
            .char_indices()
            .find(|&(i, c)| c == '#' && !current[..i].ends_with('\\'));
        let end = comment.map_or(current.len(), |(i, _)| i);
        current.truncate(end);
        if !current.trim().is_empty() {
            out.push(std::mem::take(&mut current));
        }
        current.clear();
    }
    out.push(current);
    out
}

/// Name, operator and value of an assignment; `None` for rules and everything else.
fn split_assignment(line: &str) -> Option<(&str, &str, &str)> {
    let mut depth = 0_i32;
    for (i, c) in line.char_indices() {
        match c {
            '(' | '{' => depth += 1,
            ')' | '}' => depth -= 1,
            ':' | '+' | '?' | '=' if depth == 0 => {
                let rest = &line[i..];
                let operator = ["::=", ":=", "+=", "?=", "="]
                    .into_iter()
                    .find(|op| rest.starts_with(op));
                // A colon without `=` makes it a rule.
                return operator.map(|op| (line[..i].trim(), op, rest[op.len()..].trim()));
            }
            _ => {}
        }
    }
    None
}

/// The byte position of the first comma outside of all groups.
fn top_comma(text: &str) -> Option<usize> {
    let mut depth = 0_i32;
    for (i, c) in text.char_indices() {
        match c {
            '(' | '{' => depth += 1,
            ')' | '}' => depth -= 1,
            ',' if depth == 0 => return Some(i),
            _ => {}
        }
    }
    None
}

/// Words split at blanks outside of all groups.
fn top_words(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut depth = 0_i32;
    let mut start = None;
    for (i, c) in text.char_indices() {
        match c {
            '(' | '{' => depth += 1,
            ')' | '}' => depth -= 1,
            _ => {}
        }
        if c.is_whitespace() && depth <= 0 {
            if let Some(from) = start.take() {
                out.push(&text[from..i]);
            }
        } else if start.is_none() {
            start = Some(i);
        }
    }
    out.extend(start.map(|from| &text[from..]));
    out
}

/// Whether the parentheses of a text close only at its end: `$(a)b$(c)` is not one group.
fn is_one_group(inner: &str) -> bool {
    let mut depth = 0_i32;
    for c in inner.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

/// The byte position after the group that opens the text.
fn group_end(text: &str, open: char) -> usize {
    let close = if open == '(' { ')' } else { '}' };
    let mut depth = 0_i32;
    for (i, c) in text.char_indices() {
        if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return i + 1;
            }
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Files(
        &'static [(&'static str, &'static str)],
        &'static [(&'static str, &'static str)],
        bool,
    );

    impl World for Files {
        fn makefile(&mut self, path: &str) -> Option<String> {
            self.0.iter().find(|(p, _)| *p == path).map(|(_, t)| (*t).to_owned())
        }
        fn config(&self, symbol: &str) -> Option<String> {
            let found = self.1.iter().find(|(s, _)| *s == symbol).map(|(_, v)| (*v).to_owned());
            if self.2 { Some(found.unwrap_or_default()) } else { found }
        }
    }

    fn list(text: &'static str, name: &str, complete: bool) -> String {
        let files: &'static [(&'static str, &'static str)] =
            Box::leak(Box::new([("M", text), ("x/More", "obj-y += more.o")]));
        let config: &'static [(&'static str, &'static str)] = if complete { &[("A", "y"), ("B", "m")] } else { &[] };
        let make =
            Makefile::evaluate("M", &[("srctree", "")], &mut Files(files, config, complete)).expect("a makefile");
        let words = make.variables.get(name).cloned().unwrap_or_default();
        let spelled = words.iter().map(|w| {
            let needs = w
                .needs
                .iter()
                .map(|(s, set)| format!("{}{s}", if *set { "" } else { "!" }));
            let needs = needs.collect::<Vec<_>>().join("&");
            if needs.is_empty() {
                w.text.clone()
            } else {
                format!("{}?{needs}", w.text)
            }
        });
        spelled.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn evaluates_with_a_configuration() {
        let cases = [
            (
                "obj-$(CONFIG_A) += a.o\nobj-$(CONFIG_C) += c.o\nobj-y += \\\n  b.o # x",
                "obj-y",
                "a.o b.o",
            ),
            ("obj-$(CONFIG_B) += b.o", "obj-m", "b.o"),
            (
                "ifeq ($(CONFIG_A),y)\nobj-y += a.o\nelse\nobj-y += n.o\nendif",
                "obj-y",
                "a.o",
            ),
            (
                "ifneq ($(CONFIG_C),)\nobj-y += c.o\nelse ifdef CONFIG_A\nobj-y += a.o\nelse\nobj-y += n.o\nendif",
                "obj-y",
                "a.o",
            ),
            ("P := d/\nx-y += $(addprefix $(P), a.o b.o)", "x-y", "d/a.o d/b.o"),
            (
                "L = a.o b.o\nx-y := $(L:.o=.c) $(filter-out b%,$(L))",
                "x-y",
                "a.c b.c a.o",
            ),
            ("include $(srctree)/x/More\nobj-y += n.o", "obj-y", "more.o n.o"),
            (
                "x-y := $(if $(CONFIG_A),a.o,b.o) $(foreach i,1 2,f$(i).o)",
                "x-y",
                "a.o f1.o f2.o",
            ),
            ("x: y\n\tobj-y += no.o\nobj-y += a.o", "obj-y", "a.o"),
            ("obj-$(subst m,y,$(CONFIG_B)) += b.o", "obj-y", "b.o"),
        ];
        for (text, name, want) in cases {
            assert_eq!(list(text, name, true), want, "{text}");
        }
    }

    #[test]
    fn keeps_symbols_that_are_not_known() {
        let cases = [
            ("obj-$(CONFIG_X) += a.o\nobj-y += b.o", "obj-y", "a.o?X b.o"),
            (
                "ifeq ($(CONFIG_X),y)\nobj-y += a.o\nelse\nobj-y += n.o\nendif",
                "obj-y",
                "a.o?X n.o?!X",
            ),
            ("ifdef CONFIG_X\nobj-$(CONFIG_Y) += a.o\nendif", "obj-y", "a.o?Y&X"),
            (
                "x-objs := a.o\nx-$(CONFIG_X) += b.o\nobj-$(CONFIG_Z) += x.o",
                "x-y",
                "b.o?X",
            ),
        ];
        for (text, name, want) in cases {
            assert_eq!(list(text, name, false), want, "{text}");
        }
    }

    #[test]
    fn is_bounded() {
        list("A = $(A) $(A) x\nA += $(A) $(A)\nB = $(call A,$(B", "A", true);
        let twice = format!("obj-y += a.o\n{}\ninclude M\ninclude M\n", "#".repeat(100_000));
        assert!(list(Box::leak(twice.into_boxed_str()), "obj-y", true).starts_with("a.o a.o"));
        let deep: String = "$(if ".repeat(5000);
        let text: &'static str = Box::leak(format!("A = {deep}").into_boxed_str());
        list(text, "A", true);
    }
}
