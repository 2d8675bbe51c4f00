//! One reading of a C text: its lines with the conditions decided, and what names mean to the expander meanwhile.
//! Lines under a condition that is not known are kept, and their tokens say which condition that is.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use crate::expand::{Meaning, Names};
use crate::lex::{Interner, Kind, Sym, Token};
use crate::tree::Tree;
use crate::unit::{Local, Point, Tri, Unit, Visible, negated, spell_condition, wrapped};

/// The conditions that tokens stand under, by number; 0 is "always".
#[derive(Debug, Default)]
pub struct Whens {
    texts: Vec<String>,
}

impl Whens {
    /// The text of a condition.
    pub fn text(&self, when: u16) -> Option<&str> {
        self.texts.get((when as usize).checked_sub(1)?).map(String::as_str)
    }

    /// The text of a condition within another one: what `outer` says already is left out.
    pub fn text_within(&self, when: u16, outer: u16) -> Option<&str> {
        let text = self.text(when)?;
        match self.text(outer) {
            Some(outer) if text == outer => None,
            Some(outer) => Some(
                text.strip_prefix(outer)
                    .and_then(|t| t.strip_prefix(" && "))
                    .unwrap_or(text),
            ),
            None => Some(text),
        }
    }

    /// Whether any token stands under a condition that is not known.
    pub fn any(&self) -> bool {
        !self.texts.is_empty()
    }

    fn number(&mut self, text: String) -> u16 {
        let at = self.texts.iter().position(|t| *t == text).unwrap_or_else(|| {
            self.texts.push(text);
            self.texts.len() - 1
        });
        // More different conditions than fit share the last number: a wrong text, never a wrong layout.
        u16::try_from(at + 1).unwrap_or(u16::MAX)
    }
}

/// A piece of a text, conditions decided.
pub enum Line {
    /// The tokens of one logical line.
    Text(Vec<Token>),
    /// The tokens after `#define`.
    Define(Vec<Token>),
    /// The name after `#undef`.
    Undefine(Sym),
    /// The tokens after `#include`.
    Include(Vec<Token>),
}

/// An `#if` that is open.
struct Branch {
    /// Whether this branch is compiled, the surrounding ones left aside.
    holds: Tri,
    /// Whether none of the branches so far was compiled.
    none_so_far: Tri,
    /// The conditions of this branch that are not known, as text.
    text: String,
    /// The negations of the branches before.
    earlier: Vec<String>,
    /// Behind `#else` or `#elif`.
    is_later: bool,
}

/// Reads the lines of one text.
pub struct Reader {
    tokens: Rc<[Token]>,
    next: usize,
    at: Option<Point>,
    branches: Vec<Branch>,
    /// Conditions met that are not known.
    pub whens: Whens,
    /// Take the first branch of every condition that is not known.
    pub optimistic: bool,
    /// Where each line of the text begins, for a text that is read where it stands: macros count from their line on.
    pub line_starts: Option<Rc<[u32]>>,
}

impl Reader {
    /// A reader at the first line. `at` is where the text stands in its unit; `None` if the whole unit comes before it.
    pub fn new(tokens: Rc<[Token]>, at: Option<Point>) -> Self {
        Reader {
            tokens,
            next: 0,
            at,
            branches: Vec::new(),
            whens: Whens::default(),
            optimistic: false,
            line_starts: None,
        }
    }

    /// The next piece. Macros in `layers` come before those of the unit.
    pub fn next(&mut self, tree: &mut Tree, unit: &mut Unit, layers: &[&Local], names: &mut Interner) -> Option<Line> {
        while self.next < self.tokens.len() {
            let from = self.next;
            let mut to = from + 1;
            while to < self.tokens.len() && !self.tokens[to].first {
                to += 1;
            }
            self.next = to;
            let tokens = self.tokens.clone();
            let line = &tokens[from..to];
            if let (Some(starts), Some(at)) = (&self.line_starts, &mut self.at) {
                at.1 = starts.get(line[0].line as usize - 1).copied().unwrap_or(u32::MAX);
            }
            let directive = line[0].first && line[0].kind == Kind::Punct && names.text(line[0].sym) == "#";
            let holds = self.branches.iter().fold(Tri::True, |t, b| t.and(b.holds));
            if directive {
                let word = line
                    .get(1)
                    .map_or_else(|| Rc::from(""), |t| Rc::<str>::from(names.text(t.sym)));
                let rest = line.get(2..).unwrap_or_default();
                if self.conditional(&word, rest, holds, tree, unit, layers, names) || holds == Tri::False {
                    continue;
                }
                match &*word {
                    "define" => return Some(Line::Define(rest.to_vec())),
                    "undef" => {
                        if let Some(name) = rest.first() {
                            return Some(Line::Undefine(name.sym));
                        }
                    }
                    "include" => return Some(Line::Include(rest.to_vec())),
                    _ => {}
                }
            } else if holds != Tri::False {
                let mut text = line.to_vec();
                if holds == Tri::Unknown {
                    let known: Vec<&str> = self
                        .branches
                        .iter()
                        .filter(|b| b.holds == Tri::Unknown)
                        .map(|b| b.text.as_str())
                        .collect();
                    let when = self.whens.number(known.join(" && "));
                    for token in &mut text {
                        token.when = when;
                    }
                }
                return Some(Line::Text(text));
            }
        }
        None
    }

    /// Whether what was read last stands behind an `#else` of which nobody knows whether it is compiled.
    pub fn is_alternative(&self) -> bool {
        self.branches.iter().any(|b| b.is_later && b.holds == Tri::Unknown)
    }

    /// Takes in a conditional directive; false if it is none.
    #[allow(
        clippy::too_many_arguments,
        reason = "the state of a reading is its arguments; a struct would only rename them"
    )]
    fn conditional(
        &mut self,
        word: &str,
        rest: &[Token],
        outer: Tri,
        tree: &mut Tree,
        unit: &mut Unit,
        layers: &[&Local],
        names: &mut Interner,
    ) -> bool {
        match word {
            "if" | "ifdef" | "ifndef" => {
                // Inside code that is not compiled nothing is evaluated.
                let (holds, text) = if outer == Tri::False {
                    (Tri::False, String::new())
                } else {
                    self.test(word, rest, tree, unit, layers, names)
                };
                let earlier = vec![negated(&text)];
                self.branches.push(Branch {
                    holds,
                    none_so_far: !holds,
                    text,
                    earlier,
                    is_later: false,
                });
            }
            "elif" | "else" => {
                let Some(branch) = self.branches.last() else {
                    return true;
                };
                let none_so_far = branch.none_so_far;
                let (test, text) = if word == "else" || none_so_far == Tri::False {
                    (Tri::True, String::new())
                } else {
                    self.test("if", rest, tree, unit, layers, names)
                };
                if let Some(branch) = self.branches.last_mut() {
                    branch.is_later = true;
                    branch.holds = none_so_far.and(test);
                    branch.none_so_far = none_so_far.and(!test);
                    let mut parts: Vec<String> = branch.earlier.iter().filter(|t| !t.is_empty()).cloned().collect();
                    if test == Tri::Unknown {
                        branch.earlier.push(negated(&text));
                        parts.push(text);
                    }
                    branch.text = parts.join(" && ");
                }
            }
            "endif" => {
                self.branches.pop();
            }
            _ => return false,
        }
        true
    }

    fn test(
        &self,
        word: &str,
        rest: &[Token],
        tree: &mut Tree,
        unit: &mut Unit,
        layers: &[&Local],
        names: &mut Interner,
    ) -> (Tri, String) {
        let (holds, text) = match (word, rest.first()) {
            ("if", _) => (
                unit.truth(tree, rest, self.at, layers, names),
                spell_condition(rest, names),
            ),
            (_, None) => (Tri::False, String::new()),
            (word, Some(name)) => {
                let holds = unit.defined(tree, name.sym, self.at, layers, names);
                let text = names.text(name.sym).to_owned();
                if word == "ifdef" {
                    (holds, text)
                } else {
                    (!holds, format!("!{text}"))
                }
            }
        };
        match holds {
            Tri::Unknown if self.optimistic => (Tri::True, String::new()),
            Tri::Unknown => (holds, wrapped(&text)),
            _ => (holds, String::new()),
        }
    }
}

/// What names mean during a reading: the text's own macros, calls to keep whole, the stage's macros, the unit's.
pub struct Table<'a, 'f> {
    tree: &'a mut Tree<'f>,
    unit: &'a mut Unit,
    own: Option<&'a Local>,
    calls: Option<&'a FxHashSet<Sym>>,
    stage: Option<&'a Local>,
    at: Option<Point>,
    /// Names that were left alone because which definition holds is not known.
    pub unsure: Vec<Sym>,
}

impl<'a, 'f> Table<'a, 'f> {
    /// The macros of a unit, nothing else.
    pub fn plain(tree: &'a mut Tree<'f>, unit: &'a mut Unit) -> Self {
        Table {
            tree,
            unit,
            own: None,
            calls: None,
            stage: None,
            at: None,
            unsure: Vec::new(),
        }
    }

    /// All layers: a text's own macros, calls to keep whole, a stage's macros, and the unit's as they are at a point.
    pub fn layered(
        tree: &'a mut Tree<'f>,
        unit: &'a mut Unit,
        own: &'a Local,
        calls: &'a FxHashSet<Sym>,
        stage: Option<&'a Local>,
        at: Option<Point>,
    ) -> Self {
        Table {
            tree,
            unit,
            own: Some(own),
            calls: Some(calls),
            stage,
            at,
            unsure: Vec::new(),
        }
    }
}

impl Names for Table<'_, '_> {
    fn meaning(&mut self, name: Sym, names: &mut Interner) -> Meaning {
        if let Some(here) = self.own.and_then(|l| l.get(&name)) {
            if let Some(definition) = here {
                self.tree.note_body(definition);
            }
            return here.clone().map_or(Meaning::Plain, Meaning::Macro);
        }
        if self.calls.is_some_and(|c| c.contains(&name)) {
            return Meaning::Call;
        }
        if let Some(here) = self.stage.and_then(|l| l.get(&name)) {
            return here.clone().map_or(Meaning::Plain, Meaning::Macro);
        }
        match self.unit.macro_at(self.tree, name, self.at, names) {
            Visible::Nothing => Meaning::Plain,
            Visible::Macro(definition) => Meaning::Macro(definition),
            Visible::Unsure => {
                if !self.unsure.contains(&name) {
                    self.unsure.push(name);
                }
                Meaning::Plain
            }
        }
    }
}
