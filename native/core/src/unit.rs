//! One translation unit: the files it includes, in order, and which macros and types it can see.
//! Conditions are three-valued: without a configuration, what depends on it is neither true nor false.

use std::borrow::Cow;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::asked::Stretch;
use crate::const_expr::{Resolver, Value, evaluate};
use crate::expand::{Expander, Macro, Meaning, Names};
use crate::index::{ConditionId, Test, TypeKind};
use crate::lex::{Interner, Kind, Sym, Token, lex, spell};
use crate::sites::Site;
use crate::tree::{FileId, Tree, directory};

/// Files one unit may include in a chain; the deepest chains of real kernels are below 60.
const MAX_INCLUDE_DEPTH: u32 = 250;

/// Attributes that only clang has.
const CLANG_ATTRIBUTES: [&str; 6] = [
    "btf_type_tag",
    "btf_decl_tag",
    "diagnose_if",
    "overloadable",
    "pass_object_size",
    "pass_dynamic_object_size",
];

/// How many conditions may be asked for the sake of one.
const MAX_CONDITION_DEPTH: u32 = 60;

/// Whether something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tri {
    /// It does not.
    False,
    /// It does.
    True,
    /// It depends on something that is not known.
    Unknown,
}

impl Tri {
    /// Both hold.
    #[must_use]
    pub fn and(self, other: Tri) -> Tri {
        match (self, other) {
            (Tri::False, _) | (_, Tri::False) => Tri::False,
            (Tri::True, Tri::True) => Tri::True,
            _ => Tri::Unknown,
        }
    }
}

impl std::ops::Not for Tri {
    type Output = Tri;
    fn not(self) -> Tri {
        match self {
            Tri::False => Tri::True,
            Tri::True => Tri::False,
            Tri::Unknown => Tri::Unknown,
        }
    }
}

impl From<bool> for Tri {
    fn from(value: bool) -> Tri {
        if value { Tri::True } else { Tri::False }
    }
}

/// Macros of one reading of a header: defined, or undefined, before all that the unit knows.
pub type Local = FxHashMap<Sym, Option<Rc<Macro>>>;

/// A place in a file: its number and a byte position.
pub type Point = (FileId, u32);

/// What a name means as a macro at some point.
#[derive(Debug, Clone)]
pub enum Visible {
    /// It is no macro there.
    Nothing,
    /// It is this macro.
    Macro(Rc<Macro>),
    /// Several definitions are possible, and which one holds depends on what is not known.
    Unsure,
}

/// Where a file stands in the order of inclusion.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// Counted when the file was entered; 0 if it is not part of the unit.
    enter: u32,
    /// Counted when its last include was done.
    leave: u32,
    /// The file that included it, and where.
    by: Point,
}

const ABSENT: Place = Place {
    enter: 0,
    leave: 0,
    by: (0, 0),
};

/// One translation unit.
pub struct Unit {
    /// The file that the compiler is called for.
    pub root: FileId,
    dir: String,
    places: Vec<Place>,
    clock: u32,
    /// How many conditions are being decided, each for the sake of another.
    depth: u32,
    /// Conditions that were decided, and what was asked for it.
    conditions: FxHashMap<(FileId, ConditionId), (Tri, Stretch)>,
    /// Macros that were looked up, and what was asked for it.
    macros: FxHashMap<(Sym, Option<Point>), (Visible, Stretch)>,
}

impl Unit {
    /// Follows all includes of a file.
    pub fn new(tree: &mut Tree, root: FileId, names: &mut Interner) -> Self {
        let dir = directory(&tree.file(root).path).to_owned();
        let mut unit = Unit {
            root,
            dir,
            places: Vec::new(),
            clock: 0,
            depth: 0,
            conditions: FxHashMap::default(),
            macros: FxHashMap::default(),
        };
        unit.enter(tree, root, (root, 0), 0, names);
        // What was asked while the order was still growing may have other answers now.
        unit.conditions.clear();
        unit.macros.clear();
        unit
    }

    fn enter(&mut self, tree: &mut Tree, file: FileId, by: Point, depth: u32, names: &mut Interner) {
        self.clock += 1;
        if self.places.len() <= file as usize {
            self.places.resize(tree.count().max(file as usize + 1), ABSENT);
        }
        self.places[file as usize] = Place {
            enter: self.clock,
            leave: u32::MAX,
            by,
        };
        let count = tree.file(file).index.includes.len();
        for n in 0..count {
            let include = &tree.file(file).index.includes[n];
            let (condition, at) = (include.condition, include.at);
            if include.path.ends_with("trace/define_trace.h") || depth >= MAX_INCLUDE_DEPTH {
                continue;
            }
            if condition != 0 && self.condition(tree, file, condition, names) == Tri::False {
                continue;
            }
            let dir = std::mem::take(&mut self.dir);
            let target = tree.include(file, n, &dir, names);
            self.dir = dir;
            if let Some(target) = target
                && !self.sees(target)
            {
                self.enter(tree, target, (file, at), depth + 1, names);
            }
        }
        self.places[file as usize].leave = self.clock;
    }

    fn place(&self, file: FileId) -> Place {
        self.places.get(file as usize).copied().unwrap_or(ABSENT)
    }

    /// Whether the unit includes a file.
    pub fn sees(&self, file: FileId) -> bool {
        self.place(file).enter != 0
    }

    /// The files that the include at a point was the first to bring in, the included file itself among them.
    pub fn brought_in(&self, tree: &Tree, by: Point, file: FileId) -> Vec<FileId> {
        let place = self.place(file);
        if place.enter == 0 || place.by != by {
            return Vec::new();
        }
        (0..tree.count() as FileId)
            .filter(|&f| {
                let other = self.place(f);
                other.enter >= place.enter && other.enter <= place.leave
            })
            .collect()
    }

    /// Whether the text at `a` comes before the text at `b` in the order in which the compiler reads them.
    fn before(&self, a: Point, b: Point) -> bool {
        if a.0 == b.0 {
            return a.1 < b.1;
        }
        let (pa, pb) = (self.place(a.0), self.place(b.0));
        if pa.enter == 0 {
            return false;
        }
        // `a` stands in a file that is open while `b` is read: compare with where that file includes its way to `b`.
        let mut at = b;
        let mut steps = 0;
        while pb.enter != 0 && self.place(at.0).enter > pa.enter && steps < MAX_INCLUDE_DEPTH {
            at = self.place(at.0).by;
            steps += 1;
        }
        if at.0 == a.0 {
            return a.1 < at.1;
        }
        // `b` stands in a file that includes `a`'s: the include must come before `b`.
        let mut from = a;
        steps = 0;
        while self.place(from.0).enter > pb.enter && steps < MAX_INCLUDE_DEPTH {
            from = self.place(from.0).by;
            steps += 1;
        }
        if from.0 == b.0 {
            return from.1 < b.1;
        }
        pa.enter < pb.enter
    }

    /// Whether the code under a condition is compiled.
    pub fn condition(&mut self, tree: &mut Tree, file: FileId, id: ConditionId, names: &mut Interner) -> Tri {
        if id == 0 {
            return Tri::True;
        }
        if let Some(&(known, stretch)) = self.conditions.get(&(file, id)) {
            tree.ask_again(stretch);
            return known;
        }
        if self.depth >= MAX_CONDITION_DEPTH {
            return Tri::Unknown;
        }
        self.depth += 1;
        // A condition that asks for itself, through a macro defined under it, is not known.
        self.conditions.insert((file, id), (Tri::Unknown, (0, 0)));
        let noted = tree.noted();
        let condition = tree.file(file).index.conditions[id as usize].clone();
        let mut result = self.condition(tree, file, condition.parent, names);
        for earlier in condition.earlier {
            if result == Tri::False {
                break;
            }
            let branch = &tree.file(file).index.conditions[earlier as usize];
            if let (Some(test), at) = (branch.test.clone(), branch.at) {
                result = result.and(!self.test(tree, (file, at), &test, names));
            }
        }
        if let Some(test) = condition.test
            && result != Tri::False
        {
            result = result.and(self.test(tree, (file, condition.at), &test, names));
        }
        let stretch = tree.stretch_since(noted);
        self.conditions.insert((file, id), (result, stretch));
        self.depth -= 1;
        result
    }

    /// The part of a condition that is not known, as text; `None` if there is none.
    pub fn condition_text(
        &mut self,
        tree: &mut Tree,
        file: FileId,
        id: ConditionId,
        names: &mut Interner,
    ) -> Option<String> {
        if id == 0 || self.condition(tree, file, id, names) != Tri::Unknown {
            return None;
        }
        let condition = tree.file(file).index.conditions[id as usize].clone();
        let mut parts: Vec<String> = self
            .condition_text(tree, file, condition.parent, names)
            .into_iter()
            .collect();
        let mut branches: Vec<(Option<Test>, u32, bool)> = condition
            .earlier
            .iter()
            .map(|&earlier| &tree.file(file).index.conditions[earlier as usize])
            .map(|branch| (branch.test.clone(), branch.at, true))
            .collect();
        branches.push((condition.test, condition.at, false));
        for (test, at, negate) in branches {
            let Some(test) = test else { continue };
            if self.test(tree, (file, at), &test, names) == Tri::Unknown {
                let text = spell_test(tree, file, &test, names);
                parts.push(if negate { negated(&text) } else { text });
            }
        }
        Some(parts.join(" && "))
    }

    fn test(&mut self, tree: &mut Tree, at: Point, test: &Test, names: &mut Interner) -> Tri {
        match *test {
            Test::Defined(name) => self.defined(tree, name, Some(at), &[], names),
            Test::Undefined(name) if tree.file(at.0).index.guard == Some(name) => Tri::True,
            Test::Undefined(name) => !self.defined(tree, name, Some(at), &[], names),
            Test::Expression(from, to) => {
                let index = &tree.file(at.0).index;
                let tokens = lex(&index.text[from as usize..to as usize], at.0, 1, names);
                self.truth(tree, &tokens, Some(at), &[], names)
            }
        }
    }

    /// Whether the expression of an `#if` holds at a point; macros in `layers` come before all others.
    pub fn truth(
        &mut self,
        tree: &mut Tree,
        tokens: &[Token],
        at: Option<Point>,
        layers: &[&Local],
        names: &mut Interner,
    ) -> Tri {
        let tokens = parenthesise_defined(tokens, names);
        let mut resolver = ConditionResolver {
            unit: self,
            tree,
            at,
            layers,
            depth: 0,
        };
        match evaluate(&tokens, &mut resolver, names) {
            Some(value) => Tri::from(value.number != 0),
            None => Tri::Unknown,
        }
    }

    /// Whether a macro is defined at a point (or anywhere in the unit, without one).
    pub fn defined(
        &mut self,
        tree: &mut Tree,
        name: Sym,
        at: Option<Point>,
        layers: &[&Local],
        names: &mut Interner,
    ) -> Tri {
        if let Some(here) = layers.iter().find_map(|l| l.get(&name)) {
            return Tri::from(here.is_some());
        }
        let text = names.text(name);
        if let Some(symbol) = text.strip_prefix("CONFIG_") {
            return config_defined(tree, symbol);
        }
        if matches!(text, "CREATE_TRACE_POINTS" | "TRACE_HEADER_MULTI_READ" | "MODULE") {
            return Tri::False;
        }
        if predefined(tree, text).is_some() {
            return Tri::True;
        }
        if tree.is_open && tree.macro_sites(name).is_empty() {
            return Tri::Unknown;
        }
        let mut result = Tri::False;
        for site in tree.macro_sites(name) {
            let define = tree.file(site.file).index.defines[site.item as usize];
            if !self.sees(site.file) || at.is_some_and(|at| !self.before((site.file, define.range.0), at)) {
                continue;
            }
            match self.condition(tree, site.file, define.condition, names) {
                Tri::True => return Tri::True,
                Tri::Unknown => result = Tri::Unknown,
                Tri::False => {}
            }
        }
        result
    }

    /// The macro that a name is at a point, or at the end of the unit without one.
    pub fn macro_at(&mut self, tree: &mut Tree, name: Sym, at: Option<Point>, names: &mut Interner) -> Visible {
        let at = at.filter(|at| self.sees(at.0));
        let found = match self.macros.get(&(name, at)) {
            Some((known, stretch)) => {
                tree.ask_again(*stretch);
                known.clone()
            }
            None => {
                let noted = tree.noted();
                let found = self.find_macro(tree, name, at, names);
                let stretch = tree.stretch_since(noted);
                self.macros.insert((name, at), (found.clone(), stretch));
                found
            }
        };
        if let Visible::Macro(definition) = &found {
            tree.note_body(definition);
        }
        found
    }

    fn find_macro(&mut self, tree: &mut Tree, name: Sym, at: Option<Point>, names: &mut Interner) -> Visible {
        if let Some(symbol) = names.text(name).strip_prefix("CONFIG_") {
            // include/generated/autoconf.h, as Kconfig would write it.
            let value = tree.config.as_ref().and_then(|c| c.get(symbol)).filter(|v| *v != "m");
            return value.map_or(Visible::Nothing, |value| {
                let value = if value == "y" { "1".to_owned() } else { value.to_owned() };
                Visible::Macro(Rc::new(Macro {
                    name,
                    params: None,
                    body: lex(value.as_bytes(), 0, 0, names),
                }))
            });
        }
        let mut sure: Option<Point> = None;
        let mut chosen: Option<Rc<Macro>> = None;
        let mut unsure: Vec<Rc<Macro>> = Vec::new();
        for site in tree.macro_sites(name) {
            let define = tree.file(site.file).index.defines[site.item as usize];
            let here = (site.file, define.range.0);
            if !self.sees(site.file) || at.is_some_and(|at| !self.before(here, at)) {
                continue;
            }
            let holds = self.condition(tree, site.file, define.condition, names);
            if holds == Tri::False || self.undefined_after(tree, name, here, at, names) {
                continue;
            }
            let Some(body) = tree.macro_body(site, names) else {
                continue;
            };
            if holds == Tri::Unknown {
                unsure.push(body);
            } else if sure.is_none_or(|other| self.before(other, here)) {
                sure = Some(here);
                chosen = Some(body);
            }
        }
        match (chosen, unsure.split_first()) {
            (Some(body), None) => Visible::Macro(body),
            (None, None) => Visible::Nothing,
            // Several branches that all say the same; one branch alone may leave the name undefined in the other.
            (None, Some((first, rest))) if !rest.is_empty() && rest.iter().all(|m| same_body(m, first)) => {
                Visible::Macro(first.clone())
            }
            (Some(body), Some(_)) if unsure.iter().all(|m| same_body(m, &body)) => Visible::Macro(body),
            _ => Visible::Unsure,
        }
    }

    fn undefined_after(
        &mut self,
        tree: &mut Tree,
        name: Sym,
        define: Point,
        at: Option<Point>,
        names: &mut Interner,
    ) -> bool {
        for site in tree.undef_sites(name) {
            let (_, condition, position) = tree.file(site.file).index.undefs[site.item as usize];
            let here = (site.file, position);
            if self.sees(site.file)
                && self.before(define, here)
                && at.is_none_or(|at| self.before(here, at))
                && self.condition(tree, site.file, condition, names) == Tri::True
            {
                return true;
            }
        }
        false
    }

    /// Definitions of a type that the unit can see and whose condition is not false; the sure ones first.
    pub fn type_sites(&mut self, tree: &mut Tree, kind: TypeKind, name: Sym, names: &mut Interner) -> Vec<(Site, Tri)> {
        let sites = tree.type_sites(kind, name);
        self.judge(tree, sites, names)
    }

    /// The enums with a constant of this name that the unit can see and whose condition is not false.
    pub fn enumerator_sites(&mut self, tree: &mut Tree, name: Sym, names: &mut Interner) -> Vec<(Site, Tri)> {
        let sites = tree.enumerator_sites(name);
        self.judge(tree, sites, names)
    }

    /// Whether what is defined at a site is compiled in this unit, as far as that is known.
    pub fn compiles(&mut self, tree: &mut Tree, site: Site, names: &mut Interner) -> bool {
        !self.judge(tree, vec![site], names).is_empty()
    }

    fn judge(&mut self, tree: &mut Tree, sites: Vec<Site>, names: &mut Interner) -> Vec<(Site, Tri)> {
        let mut found = Vec::new();
        for site in sites {
            if !self.sees(site.file) {
                continue;
            }
            let condition = tree.file(site.file).index.types[site.item as usize].condition;
            match self.condition(tree, site.file, condition, names) {
                Tri::False => {}
                holds => found.push((site, holds)),
            }
        }
        found.sort_by_key(|(_, holds)| *holds != Tri::True);
        found
    }
}

/// The text of a test, as `when` has it.
fn spell_test(tree: &Tree, file: FileId, test: &Test, names: &mut Interner) -> String {
    match *test {
        Test::Defined(name) => names.text(name).to_owned(),
        Test::Undefined(name) => format!("!{}", names.text(name)),
        Test::Expression(from, to) => {
            let text = tree.file(file).index.text.clone();
            let tokens = lex(&text[from as usize..to as usize], file, 1, names);
            wrapped(&spell_condition(&tokens, names))
        }
    }
}

/// The text in parentheses if it must have them beside an `&&`.
pub fn wrapped(text: &str) -> String {
    if text.contains("||") || text.contains('?') {
        format!("({text})")
    } else {
        text.to_owned()
    }
}

/// The text of the opposite condition.
pub fn negated(text: &str) -> String {
    match text.strip_prefix('!') {
        _ if text.is_empty() => String::new(),
        Some(rest) if !rest.contains([' ', '(', '|', '&']) => rest.to_owned(),
        _ if text.contains(' ') && !text.starts_with('(') => format!("!({text})"),
        _ => format!("!{text}"),
    }
}

/// The text of an `#if` expression with `defined(X)` and `IS_ENABLED(X)` shortened to `X`.
pub fn spell_condition(tokens: &[Token], names: &mut Interner) -> String {
    let mut kept: Vec<Token> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let token = tokens[at];
        let short = matches!(names.text(token.sym), "defined" | "IS_ENABLED");
        let inner = |n: usize| tokens.get(at + n).map_or("", |t| names.text(t.sym));
        if short && inner(1) == "(" && inner(3) == ")" {
            kept.push(Token {
                space: token.space,
                ..tokens[at + 2]
            });
            at += 4;
        } else if short && tokens.get(at + 1).is_some_and(|t| t.kind == Kind::Ident) {
            kept.push(Token {
                space: token.space,
                ..tokens[at + 1]
            });
            at += 2;
        } else {
            kept.push(token);
            at += 1;
        }
    }
    spell(&kept, names)
}

fn same_body(a: &Macro, b: &Macro) -> bool {
    let spelling = |m: &Macro| m.body.iter().map(|t| t.sym).collect::<Vec<_>>();
    a.params.as_ref().map(|p| &p.names) == b.params.as_ref().map(|p| &p.names) && spelling(a) == spelling(b)
}

/// `defined X` as `defined(X)`, so that it parses as a call.
fn parenthesise_defined(tokens: &[Token], names: &mut Interner) -> Vec<Token> {
    let (defined, open, close) = (names.intern("defined"), names.intern("("), names.intern(")"));
    let mut out = Vec::with_capacity(tokens.len() + 4);
    let mut at = 0;
    while at < tokens.len() {
        let token = tokens[at];
        out.push(token);
        at += 1;
        if token.sym == defined
            && let Some(&name) = tokens.get(at).filter(|t| t.kind == Kind::Ident)
        {
            let mark = |sym| Token {
                sym,
                kind: Kind::Punct,
                ..token
            };
            out.extend([mark(open), name, mark(close)]);
            at += 1;
        }
    }
    out
}

/// Whether `CONFIG_<symbol>` is defined as a macro: `=m` defines only `CONFIG_<symbol>_MODULE`.
fn config_defined(tree: &Tree, symbol: &str) -> Tri {
    let Some(config) = &tree.config else {
        let decided = tree.arch.decides(symbol).filter(|_| !tree.is_open);
        return decided.map_or(Tri::Unknown, Tri::from);
    };
    if config.get(symbol).is_some_and(|v| v != "m") {
        return Tri::True;
    }
    let module = symbol.strip_suffix("_MODULE").and_then(|s| config.get(s));
    Tri::from(module == Some("m"))
}

/// The replacement of a macro that the compiler predefines.
fn predefined(tree: &Tree, name: &str) -> Option<Cow<'static, str>> {
    if tree.is_open {
        return None;
    }
    if let Some(part) = tree.config.as_ref().and_then(|config| config.gcc_version(name)) {
        return Some(part.to_string().into());
    }
    tree.arch.predefines(name)
}

/// Evaluates `#if`: names that are no macros are 0, configuration symbols come from the configuration.
struct ConditionResolver<'u, 'f> {
    unit: &'u mut Unit,
    tree: &'u mut Tree<'f>,
    at: Option<Point>,
    layers: &'u [&'u Local],
    depth: u32,
}

impl ConditionResolver<'_, '_> {
    fn config(&self, symbol: &str) -> Option<Value> {
        match config_defined(self.tree, symbol) {
            Tri::False => Some(Value::int(0)),
            Tri::Unknown => None,
            Tri::True => {
                let value = self.tree.config.as_ref().and_then(|c| c.get(symbol)).unwrap_or("y");
                if value == "y" {
                    Some(Value::int(1))
                } else {
                    crate::const_expr::number(value)
                }
            }
        }
    }

    /// The value of a macro call or name, by expanding it where the condition stands.
    fn expanded(&mut self, tokens: &[Token], names: &mut Interner) -> Option<Value> {
        if self.depth > 20 {
            return None;
        }
        let mut table = AtPoint {
            unit: self.unit,
            tree: self.tree,
            at: self.at,
            layers: self.layers,
            unsure: false,
        };
        let out = Expander::default().expand(tokens, &mut table, names);
        if table.unsure {
            return None;
        }
        if out.len() == tokens.len() && out.iter().zip(tokens).all(|(a, b)| a.sym == b.sym) {
            return (tokens.len() == 1 && !self.tree.is_open).then(|| Value::int(0));
        }
        self.depth += 1;
        let value = evaluate(&out, self, names);
        self.depth -= 1;
        value
    }
}

impl Resolver for ConditionResolver<'_, '_> {
    fn name(&mut self, name: Sym, names: &mut Interner) -> Option<Value> {
        let text = names.text(name);
        if let Some(symbol) = text.strip_prefix("CONFIG_") {
            return self.config(symbol);
        }
        if let Some(value) = predefined(self.tree, text) {
            return crate::const_expr::number(&value);
        }
        let token = Token::named(name);
        self.expanded(&[token], names)
    }

    fn call(&mut self, name: Sym, args: &[Vec<Token>], names: &mut Interner) -> Option<Value> {
        let first = args.first().and_then(|a| a.first()).map(|t| t.sym)?;
        let text = names.text(name);
        let argument = names.text(first);
        let symbol = argument.strip_prefix("CONFIG_");
        let is = |value: Tri| match value {
            Tri::Unknown => None,
            value => Some(Value::int(i64::from(value == Tri::True))),
        };
        match (text, symbol) {
            ("defined", _) => is(self.unit.defined(self.tree, first, self.at, self.layers, names)),
            ("IS_ENABLED" | "IS_REACHABLE", Some(symbol)) => match &self.tree.config {
                Some(config) => is(Tri::from(config.get(symbol).is_some_and(|v| v == "y" || v == "m"))),
                None => is(config_defined(self.tree, symbol)),
            },
            ("IS_BUILTIN", Some(symbol)) => is(config_defined(self.tree, symbol)),
            ("IS_MODULE", Some(symbol)) => match &self.tree.config {
                Some(config) => is(Tri::from(config.get(symbol) == Some("m"))),
                None => None,
            },
            // Kernels are built with gcc unless somebody says otherwise, and it knows none of these.
            ("__has_attribute", _) if CLANG_ATTRIBUTES.contains(&argument.trim_matches('_')) => Some(Value::int(0)),
            ("__has_feature", _) => Some(Value::int(0)),
            ("__has_attribute" | "__has_builtin" | "__has_include", _) => None,
            _ => {
                let mut tokens = vec![Token::named(name)];
                let mark = |text: &str, names: &mut Interner| Token {
                    sym: names.intern(text),
                    kind: Kind::Punct,
                    ..Token::named(name)
                };
                tokens.push(mark("(", names));
                for (i, arg) in args.iter().enumerate() {
                    if i > 0 {
                        tokens.push(mark(",", names));
                    }
                    tokens.extend(arg);
                }
                tokens.push(mark(")", names));
                self.expanded(&tokens, names)
            }
        }
    }

    fn is_type(&mut self, _: Sym, _: &mut Interner) -> bool {
        false
    }

    fn size_of(&mut self, _: &[Token], _: &mut Interner) -> Option<u64> {
        None
    }

    fn align_of(&mut self, _: &[Token], _: &mut Interner) -> Option<u64> {
        None
    }

    fn integer_type(&mut self, _: &[Token], _: &mut Interner) -> Option<(u32, bool)> {
        None
    }
}

/// Macros as they are at one point of the unit.
struct AtPoint<'u, 'f> {
    unit: &'u mut Unit,
    tree: &'u mut Tree<'f>,
    at: Option<Point>,
    layers: &'u [&'u Local],
    unsure: bool,
}

impl Names for AtPoint<'_, '_> {
    fn meaning(&mut self, name: Sym, names: &mut Interner) -> Meaning {
        let text = names.text(name);
        if text.starts_with("CONFIG_")
            || matches!(
                text,
                "defined" | "IS_ENABLED" | "IS_BUILTIN" | "IS_MODULE" | "IS_REACHABLE"
            )
        {
            return Meaning::Plain;
        }
        if let Some(here) = self.layers.iter().find_map(|l| l.get(&name)) {
            return here.clone().map_or(Meaning::Plain, Meaning::Macro);
        }
        match self.unit.find_macro(self.tree, name, self.at, names) {
            Visible::Nothing => Meaning::Plain,
            Visible::Macro(definition) => Meaning::Macro(definition),
            Visible::Unsure => {
                self.unsure = true;
                Meaning::Plain
            }
        }
    }
}
