//! Sizes, alignment and signedness of C types, from the tree's own definitions, as the psABI of the architecture lays them out.
//! What cannot be known has no layout, and the reason is said; nothing is guessed.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::const_expr::{Resolver, Value, evaluate};
use crate::expand::{Expander, parse_define};
use crate::fragment::{Attributes, CType, Declaration, Enum, Record, declarations};
use crate::index::TypeKind;
use crate::lex::{Interner, Kind, Sym, Token, lex, spell};
use crate::reading::{Line, Reader, Table};
use crate::sites::Site;
use crate::trace_header::unescaped;
use crate::tree::{FileId, Noted, Tree, Used};
use crate::unit::{Local, Tri, Unit, Visible};

/// The name that a bit-field without a name is given.
const UNNAMED: &str = "__unnamed";
/// How deep types may refer to types.
const MAX_DEPTH: u32 = 100;

/// Layout of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Bytes.
    pub size: u64,
    /// Alignment in bytes as a struct member (`ALIGN_STRUCTFIELD`).
    pub align: u64,
    /// What `is_signed_type` says; false for what is no integer.
    pub signed: bool,
    /// An integer type: enums and `_Bool` included, pointers not.
    pub integer: bool,
}

/// A member of a struct of plain integers.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its type as written.
    pub text: String,
    /// Bytes from the start of the struct.
    pub offset: u64,
    /// Layout of its type.
    pub layout: Layout,
}

/// Why a type has no layout: one line, and the name that is not known.
pub type Unknown = String;

type Known = Result<Layout, Unknown>;

/// The layouts found so far; definitions are resolved once for the whole tree.
#[derive(Default)]
pub struct Types {
    records: FxHashMap<Site, Known>,
    typedefs: FxHashMap<Site, Known>,
    enums: FxHashMap<Site, Option<Rc<EnumValues>>>,
    parsed: FxHashMap<Site, Parsed>,
    /// Enums of which some constants depend on the configuration: the size is known, counted values are not.
    conditional: FxHashSet<Site>,
    busy: Vec<Site>,
    /// Constants of enums whose bodies are macros, and the files that were searched for such.
    hidden: FxHashMap<Sym, Site>,
    opened: FxHashSet<FileId>,
    /// Constants of the files that were searched: one that is a macro, too, may stand for others.
    pub constants: FxHashSet<Sym>,
    /// What of the watched files each definition uses.
    used: FxHashMap<Site, Rc<[Used]>>,
    /// Which names each definition that was resolved asks for.
    asked: FxHashMap<Site, Rc<[Sym]>>,
    /// Whether plain `char` is signed in this tree; decided once from the tree's Makefile and the architecture.
    pub char_signed: bool,
    /// Definitions that tree-sitter refused, for the count of syntax errors.
    pub refused: Vec<Site>,
}

/// The text of a definition, parsed; `None` if it is not valid C. With the names that were asked for to expand it.
type Parsed = (Option<Rc<Vec<Declaration>>>, Rc<[Sym]>);

/// An evaluated enum.
#[derive(Debug)]
struct EnumValues {
    layout: Layout,
    values: FxHashMap<Sym, Option<i128>>,
}

/// Everything that resolving a type needs: the tree, the unit that looks at it, and the layouts so far.
pub struct Context<'a, 'f> {
    /// The tree.
    pub tree: &'a mut Tree<'f>,
    /// The unit whose includes are visible.
    pub unit: &'a mut Unit,
    /// Layouts so far.
    pub types: &'a mut Types,
    depth: u32,
    /// `#pragma pack` of the definition being laid out; 0 for none.
    pack: u8,
}

fn integer(bytes: u64, signed: bool, align64: u32) -> Layout {
    let align = if bytes >= 8 {
        bytes.min(16).min(u64::from(align64) * bytes / 8)
    } else {
        bytes
    };
    Layout {
        size: bytes,
        align: align.max(1),
        signed,
        integer: true,
    }
}

impl Types {
    /// No layouts yet.
    pub fn new(char_signed: bool) -> Self {
        Types {
            char_signed,
            ..Types::default()
        }
    }
}

impl<'a, 'f> Context<'a, 'f> {
    /// What `unit` sees.
    pub fn new(tree: &'a mut Tree<'f>, unit: &'a mut Unit, types: &'a mut Types) -> Self {
        Context {
            tree,
            unit,
            types,
            depth: 0,
            pack: 0,
        }
    }
}

impl Context<'_, '_> {
    fn word(&self) -> u64 {
        u64::from(self.tree.arch.word_bits / 8)
    }

    fn pointer(&self) -> Layout {
        Layout {
            size: self.word(),
            align: self.word(),
            signed: false,
            integer: false,
        }
    }

    /// The members of a struct in order, and its size in bytes.
    pub fn members(&mut self, tag: &str, names: &mut Interner) -> Result<(Vec<Member>, u64), Unknown> {
        let site = self.site(TypeKind::Record, tag, names)?[0];
        let parsed = self.definition(site, names)?;
        let Some(CType::Record(record)) = parsed.first().map(|d| d.ty.clone()) else {
            return Err(self.refusal(site, names));
        };
        let mut members = Vec::new();
        let mut at = 0;
        for declared in record.members.as_deref().unwrap_or_default() {
            let layout = self.layout(&declared.ty, names)?;
            at = u64::next_multiple_of(at, layout.align);
            let CType::Named(words) = &declared.ty else {
                return Err(format!("a member of struct '{tag}' is no plain integer"));
            };
            let name = declared.name.clone().unwrap_or_default();
            members.push(Member {
                name,
                text: words.join(" "),
                offset: at,
                layout,
            });
            at += layout.size;
        }
        let size = self.record(&record, names)?.size;
        Ok((members, size))
    }

    /// The layout of a type name given as tokens, macros in it already expanded.
    pub fn type_name(&mut self, tokens: &[Token], names: &mut Interner) -> Known {
        // One plain word is by far the most common case, and needs no parser.
        if let [only] = tokens
            && only.kind == Kind::Ident
        {
            let word = names.text(only.sym).to_owned();
            return self.named(&[&word], names);
        }
        let text = spell(tokens, names);
        // A declared name after the type makes it a declaration; `typedef` makes every type valid there.
        let parsed = declarations(&format!("typedef {text} t;")).or_else(|| {
            // `void (*)(int)`: the name belongs inside.
            let (head, tail) = text.split_once("(*)")?;
            declarations(&format!("typedef {head}(*t){tail};"))
        });
        match parsed.as_deref() {
            Some([one]) => self.layout(&one.ty.clone(), names),
            _ => Err(format!("type '{text}' is not understood")),
        }
    }

    /// The layout of a parsed type.
    pub fn layout(&mut self, ty: &CType, names: &mut Interner) -> Known {
        self.depth += 1;
        let result = if self.depth > MAX_DEPTH {
            Err("types refer to each other too deeply".to_owned())
        } else {
            self.layout_inner(ty, names)
        };
        self.depth -= 1;
        result
    }

    fn layout_inner(&mut self, ty: &CType, names: &mut Interner) -> Known {
        match ty {
            CType::Named(words) => {
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                self.named(&words, names)
            }
            CType::Pointer(_) => Ok(self.pointer()),
            CType::Array(element, length) => {
                let element = self.layout(element, names)?;
                let count = match length {
                    None => 0,
                    Some(text) => self.constant(text, names)?,
                };
                let size = element.size.checked_mul(count).ok_or("an array is too large")?;
                Ok(Layout { size, ..element })
            }
            CType::Function => Ok(Layout {
                size: 1,
                align: 1,
                signed: false,
                integer: false,
            }),
            CType::Typeof(text) => {
                let tokens = lex(text.as_bytes(), 0, 0, names);
                self.type_name(&tokens, names)
                    .map_err(|_| format!("typeof({text}) is not understood"))
            }
            CType::Record(record) => match (&record.members, &record.tag) {
                (Some(_), _) => self.record(record, names),
                (None, Some(tag)) => self.tagged(TypeKind::Record, tag, names),
                (None, None) => Err("a struct has neither name nor body".to_owned()),
            },
            CType::Enum(e) => match (&e.constants, &e.tag) {
                (Some(_), _) => self.enumeration(e, names).map(|v| v.layout),
                (None, Some(tag)) => self.tagged(TypeKind::Enum, tag, names),
                (None, None) => Err("an enum has neither name nor body".to_owned()),
            },
        }
    }

    /// The layout of specifier words.
    fn named(&mut self, words: &[&str], names: &mut Interner) -> Known {
        let align64 = self.tree.arch.align64;
        let has = |word: &str| words.contains(&word);
        let unsigned = has("unsigned") || has("__unsigned__");
        let longs = words.iter().filter(|w| **w == "long").count();
        let base = |bytes: u64, signed: bool| Ok(integer(bytes, signed, align64));
        let basic = words.iter().all(|w| {
            matches!(
                *w,
                "unsigned"
                    | "signed"
                    | "__signed__"
                    | "__signed"
                    | "char"
                    | "short"
                    | "int"
                    | "long"
                    | "__int128"
                    | "double"
                    | "float"
                    | "const"
                    | "volatile"
            )
        });
        if basic && !words.is_empty() {
            return match () {
                () if has("char") => {
                    let signed = if has("signed") || has("__signed__") {
                        true
                    } else {
                        !unsigned && self.types.char_signed
                    };
                    base(1, signed)
                }
                () if has("short") => base(2, !unsigned),
                () if has("__int128") => base(16, !unsigned),
                () if has("float") => Ok(Layout {
                    size: 4,
                    align: 4,
                    signed: true,
                    integer: false,
                }),
                () if has("double") => Ok(Layout {
                    signed: true,
                    integer: false,
                    ..integer(8, true, align64)
                }),
                () if longs == 2 => base(8, !unsigned),
                () if longs == 1 => {
                    let bytes = self.word();
                    Ok(Layout {
                        align: bytes,
                        ..integer(bytes, !unsigned, align64)
                    })
                }
                () => base(4, !unsigned),
            };
        }
        match words {
            ["_Bool"] => base(1, false),
            ["void"] => Ok(Layout {
                size: 1,
                align: 1,
                signed: false,
                integer: false,
            }),
            ["__builtin_va_list"] => Err("va_list has no layout of its own".to_owned()),
            [name] => self.typedef_name(name, names),
            _ => Err(format!("type '{}' is not understood", words.join(" "))),
        }
    }

    /// The definitions that the unit sees: one, or those between which the configuration decides; else see
    /// [`Tree::is_loose`].
    fn site(&mut self, kind: TypeKind, name: &str, names: &mut Interner) -> Result<Vec<Site>, Unknown> {
        let sym = names.intern(name);
        let visible = self.unit.type_sites(self.tree, kind, sym, names);
        let sure: Vec<Site> = visible
            .iter()
            .filter(|(_, holds)| *holds == Tri::True)
            .map(|(s, _)| *s)
            .collect();
        if !sure.is_empty() {
            return Ok(sure);
        }
        if !visible.is_empty() {
            return Ok(visible.into_iter().map(|(s, _)| s).collect());
        }
        match self.tree.type_sites(kind, sym)[..] {
            [only] if self.tree.is_loose => Ok(vec![only]),
            _ => Err(format!("no definition of {} '{name}' was found", word(kind))),
        }
    }

    /// One layout for several possible definitions: the same from all, or unknown.
    fn agree(
        &mut self,
        kind: TypeKind,
        name: &str,
        names: &mut Interner,
        mut one: impl FnMut(&mut Self, Site, &mut Interner) -> Known,
    ) -> Known {
        let sites = self.site(kind, name, names)?;
        let mut found: Option<Layout> = None;
        for site in sites {
            let layout = one(self, site, names)?;
            if found.is_some_and(|f| f != layout) {
                return Err(format!("{} '{name}' depends on the configuration", word(kind)));
            }
            found = Some(layout);
        }
        found.ok_or_else(|| format!("no definition of {} '{name}' was found", word(kind)))
    }

    fn typedef_name(&mut self, name: &str, names: &mut Interner) -> Known {
        self.agree(TypeKind::Typedef, name, names, |context, site, names| {
            if let Some(known) = context.types.typedefs.get(&site).cloned() {
                context.note_again(site);
                return known;
            }
            let noted = context.tree.noted();
            let result = context.guarded(site, names, |context, names| {
                let parsed = context.definition(site, names)?;
                let found = parsed.iter().find(|d| d.name.as_deref() == Some(name));
                let declared = found
                    .ok_or_else(|| format!("typedef '{name}' is not understood"))?
                    .clone();
                context.declared(&declared, names)
            });
            context.note(site, noted);
            context.types.typedefs.insert(site, result.clone());
            result
        })
    }

    fn tagged(&mut self, kind: TypeKind, tag: &str, names: &mut Interner) -> Known {
        self.agree(kind, tag, names, |context, site, names| {
            if kind == TypeKind::Enum {
                return context.enum_at(site, names).map(|v| v.layout);
            }
            if let Some(known) = context.types.records.get(&site).cloned() {
                context.note_again(site);
                return known;
            }
            let noted = context.tree.noted();
            let result = context.guarded(site, names, |context, names| {
                let parsed = context.definition(site, names)?;
                match parsed.first().map(|d| d.ty.clone()) {
                    Some(CType::Record(record)) => context.record(&record, names),
                    _ => Err(format!("struct '{tag}' is not understood")),
                }
            });
            context.note(site, noted);
            context.types.records.insert(site, result.clone());
            result
        })
    }

    /// Notes that a definition was used, with all that it used itself since `noted`.
    fn note(&mut self, site: Site, noted: Noted) {
        let lines = self.tree.lines_of_type(site);
        self.tree.note(site.file, lines);
        let used = self.tree.used_since(noted);
        if !used.is_empty() {
            self.types.used.insert(site, used.into());
        }
        self.types.asked.insert(site, self.tree.asked_since(noted));
    }

    /// Notes the same for a definition that was resolved before.
    fn note_again(&mut self, site: Site) {
        if let Some(used) = self.types.used.get(&site) {
            self.tree.note_again(used);
        }
        if let Some(asked) = self.types.asked.get(&site) {
            self.tree.ask_known(asked);
        }
    }

    /// Runs `f` unless the same definition is already being resolved.
    fn guarded(
        &mut self,
        site: Site,
        names: &mut Interner,
        f: impl FnOnce(&mut Self, &mut Interner) -> Known,
    ) -> Known {
        if self.types.busy.contains(&site) {
            return Err("a type contains itself".to_owned());
        }
        self.types.busy.push(site);
        let pack = self.tree.file(site.file).index.types[site.item as usize].pack;
        let outer = std::mem::replace(&mut self.pack, pack);
        let result = f(self, names);
        self.pack = outer;
        self.types.busy.pop();
        result
    }

    /// The parsed text of a definition, with its macros expanded and its conditions decided.
    fn definition(&mut self, site: Site, names: &mut Interner) -> Result<Rc<Vec<Declaration>>, Unknown> {
        if let Some((known, asked)) = self.types.parsed.get(&site) {
            self.tree.ask_known(asked);
            return known.clone().ok_or_else(|| self.refusal(site, names));
        }
        let noted = self.tree.noted();
        let file = self.tree.file(site.file);
        let definition = file.index.types[site.item as usize];
        let text = file.index.text.clone();
        let bytes = &text[definition.range.0 as usize..definition.range.1 as usize];
        let tokens = lex(bytes, site.file, definition.line, names);
        let at = (site.file, definition.range.0);
        let mut reader = Reader::new(tokens.into(), Some(at));
        let (mut own, calls) = (Local::default(), FxHashSet::default());
        let (mut pending, mut tokens, mut unsure) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            let line = reader.next(self.tree, self.unit, &[&own], names);
            if !matches!(line, Some(Line::Text(_) | Line::Include(_))) {
                // A macro defined inside the body (`#define x(name, ...) ID_##name,`) holds from here on.
                let mut table = Table::layered(self.tree, self.unit, &own, &calls, None, Some(at));
                tokens.extend(Expander::default().expand(&pending, &mut table, names));
                unsure.append(&mut table.unsure);
                pending.clear();
            }
            match line {
                Some(Line::Text(text)) => pending.extend(text),
                Some(Line::Define(define)) => {
                    if let Some(definition) = parse_define(&define, names) {
                        own.insert(definition.name, Some(Rc::new(definition)));
                    }
                }
                Some(Line::Undefine(name)) => {
                    own.insert(name, None);
                }
                Some(Line::Include(_)) => {}
                None => break,
            }
        }
        if reader.whens.any() && definition.kind != TypeKind::Enum {
            let name = names.text(definition.name);
            return Err(format!("the members of '{name}' depend on the configuration"));
        }
        let tokens = simplified(&attributes_behind_enums(&tokens, names), names);
        let mut text = spell(&tokens, names);
        if !text.trim_end().ends_with(';') {
            text.push(';');
        }
        if reader.whens.any() {
            self.types.conditional.insert(site);
        }
        let parsed = declarations(&text).map(Rc::new);
        if let (None, Some(name)) = (&parsed, unsure.first()) {
            return Err(format!(
                "what '{}' stands for depends on the configuration",
                names.text(*name)
            ));
        }
        if parsed.is_none() {
            self.types.refused.push(site);
        }
        self.types
            .parsed
            .insert(site, (parsed.clone(), self.tree.asked_since(noted)));
        parsed.ok_or_else(|| self.refusal(site, names))
    }

    fn refusal(&self, site: Site, names: &Interner) -> Unknown {
        let file = self.tree.file(site.file);
        let definition = file.index.types[site.item as usize];
        format!(
            "the definition of '{}' at {}:{} is not understood",
            names.text(definition.name),
            file.path,
            definition.line
        )
    }

    /// A type with the attributes of its declaration.
    fn declared(&mut self, declaration: &Declaration, names: &mut Interner) -> Known {
        let mut layout = self.layout(&declaration.ty, names)?;
        if let Some(mode) = &declaration.attributes.mode {
            layout = integer(self.mode(mode)?, layout.signed, self.tree.arch.align64);
        }
        if let Some(aligned) = &declaration.attributes.aligned {
            layout.align = self.alignment(aligned, names)?;
        }
        Ok(layout)
    }

    /// Bytes of an integer with `__attribute__((mode(...)))`.
    fn mode(&self, mode: &str) -> Result<u64, Unknown> {
        Ok(match mode {
            "QI" | "byte" => 1,
            "HI" => 2,
            "SI" => 4,
            "DI" => 8,
            "TI" => 16,
            "word" | "pointer" => self.word(),
            _ => return Err(format!("mode({mode}) is not known")),
        })
    }

    fn alignment(&mut self, text: &str, names: &mut Interner) -> Result<u64, Unknown> {
        if text.is_empty() {
            return Ok(match self.tree.arch.name {
                "arm" | "s390x" => 8,
                _ => 16,
            });
        }
        self.constant(text, names)
    }

    /// The value of a constant expression, macros in it expanded.
    pub fn constant(&mut self, text: &str, names: &mut Interner) -> Result<u64, Unknown> {
        let tokens = lex(text.as_bytes(), 0, 0, names);
        let value = self.value(&tokens, names);
        value
            .and_then(|v| u64::try_from(v.number).ok())
            .ok_or_else(|| format!("the value of '{text}' is not known"))
    }

    /// The value of an expression whose macros are already expanded.
    pub fn value(&mut self, tokens: &[Token], names: &mut Interner) -> Option<Value> {
        self.depth += 1;
        let value = if self.depth > MAX_DEPTH {
            None
        } else {
            evaluate(tokens, self, names)
        };
        self.depth -= 1;
        value
    }

    fn record(&mut self, record: &Record, names: &mut Interner) -> Known {
        self.place(record, names, &mut |_, _, _| {})
    }

    /// Lays out a struct or union (System V ABI, with gcc's bit-fields and attributes); tells `each` member's offset in bytes
    /// from the start, and the layout of its type. Members that are bit-fields begin in that byte.
    pub fn place(
        &mut self,
        record: &Record,
        names: &mut Interner,
        each: &mut dyn FnMut(&Declaration, u64, Layout),
    ) -> Known {
        let Attributes {
            packed, ref aligned, ..
        } = record.attributes;
        let mut bits: u64 = 0;
        let mut union_size: u64 = 0;
        let mut align: u64 = 1;
        for member in record.members.as_deref().unwrap_or_default() {
            let anonymous_record = matches!(&member.ty, CType::Record(r) if r.members.is_some());
            if member.name.is_none() && member.bits.is_none() && !anonymous_record {
                continue;
            }
            let mut layout = self.layout(&member.ty, names)?;
            let forced = match &member.attributes.aligned {
                Some(text) => Some(self.alignment(text, names)?),
                None => None,
            };
            let packed = packed || member.attributes.packed || self.pack == 1;
            if packed {
                layout.align = 1;
            } else if self.pack > 0 {
                layout.align = layout.align.min(u64::from(self.pack));
            }
            if let Some(forced) = forced {
                layout.align = layout.align.max(forced);
            }
            if let Some(width) = &member.bits {
                let width = self.constant(width, names)?;
                let unit = layout.size * 8;
                if member.name.as_deref().is_some_and(|name| name != UNNAMED) || self.tree.arch.aligns_unnamed_bits {
                    align = align.max(layout.align);
                }
                if width == 0 {
                    bits = bits.next_multiple_of(unit);
                    continue;
                }
                if record.is_union {
                    union_size = union_size.max(width.div_ceil(8));
                } else {
                    // A bit-field takes no more units of its type's alignment than the type has: on i386 that is 4
                    // for a type of 8 bytes.
                    let step = layout.align * 8;
                    if !packed && (bits % step + width).div_ceil(step) > unit / step {
                        bits = bits.next_multiple_of(step);
                    }
                    each(member, bits / 8, layout);
                    bits += width;
                }
                continue;
            }
            align = align.max(layout.align);
            if record.is_union {
                each(member, 0, layout);
                union_size = union_size.max(layout.size);
            } else {
                let at = bits.div_ceil(8).next_multiple_of(layout.align);
                each(member, at, layout);
                bits = at
                    .checked_add(layout.size)
                    .and_then(|end| end.checked_mul(8))
                    .ok_or("a struct is too large")?;
            }
        }
        if let Some(text) = aligned {
            align = align.max(self.alignment(text, names)?);
        }
        let size = if record.is_union { union_size } else { bits.div_ceil(8) };
        Ok(Layout {
            size: size.next_multiple_of(align),
            align,
            signed: false,
            integer: false,
        })
    }

    /// The body of a struct or union by its tag, and where it is defined.
    pub fn body_of(&mut self, tag: &str, names: &mut Interner) -> Result<(Rc<Record>, Site), Unknown> {
        let site = self.site(TypeKind::Record, tag, names)?[0];
        let parsed = self.definition(site, names)?;
        match parsed.first().map(|declared| &declared.ty) {
            Some(CType::Record(record)) => Ok((record.clone(), site)),
            _ => Err(self.refusal(site, names)),
        }
    }

    /// What a typedef name stands for.
    pub fn target_of(&mut self, name: &str, names: &mut Interner) -> Result<CType, Unknown> {
        let site = self.site(TypeKind::Typedef, name, names)?[0];
        let parsed = self.definition(site, names)?;
        let found = parsed.iter().find(|declared| declared.name.as_deref() == Some(name));
        found
            .map(|declared| declared.ty.clone())
            .ok_or_else(|| self.refusal(site, names))
    }

    fn enum_at(&mut self, site: Site, names: &mut Interner) -> Result<Rc<EnumValues>, Unknown> {
        if let Some(known) = self.types.enums.get(&site).cloned() {
            self.note_again(site);
            return known.ok_or_else(|| self.refusal(site, names));
        }
        if self.depth >= MAX_DEPTH {
            return Err("constants refer to each other too deeply".to_owned());
        }
        // An enum whose constants ask for each other's values through macros sees itself as unknown.
        let noted = self.tree.noted();
        self.types.enums.insert(site, None);
        let result = self.evaluated(site, names);
        self.note(site, noted);
        self.types.enums.insert(site, result.as_ref().ok().cloned());
        result
    }

    /// The constants of the enum that is defined at a site.
    fn evaluated(&mut self, site: Site, names: &mut Interner) -> Result<Rc<EnumValues>, Unknown> {
        let parsed = self.definition(site, names)?;
        let found = parsed.iter().find_map(|d| match &d.ty {
            CType::Enum(e) if e.constants.is_some() => Some(e.clone()),
            _ => None,
        });
        let Some(e) = found else {
            return Err(self.refusal(site, names));
        };
        self.depth += 1;
        let values = self.enumeration(&e, names);
        self.depth -= 1;
        let mut values = values?;
        if self.types.conditional.contains(&site) {
            for (name, text) in e.constants.iter().flatten() {
                if text.is_none() {
                    values.values.insert(names.intern(name), None);
                }
            }
        }
        Ok(Rc::new(values))
    }

    fn enumeration(&mut self, e: &Enum, names: &mut Interner) -> Result<EnumValues, Unknown> {
        let mut values: FxHashMap<Sym, Option<i128>> = FxHashMap::default();
        let mut next: Option<i128> = Some(0);
        let (mut least, mut most) = (0_i128, 0_i128);
        let mut known = true;
        for (name, text) in e.constants.as_deref().unwrap_or_default() {
            let value = match text {
                None => next,
                Some(text) => {
                    let tokens = lex(text.as_bytes(), 0, 0, names);
                    let mut resolver = WithEarlier {
                        context: self,
                        earlier: &values,
                    };
                    evaluate(&tokens, &mut resolver, names).map(|v| v.number)
                }
            };
            known &= value.is_some();
            if let Some(value) = value {
                least = least.min(value);
                most = most.max(value);
            }
            values.insert(names.intern(name), value);
            next = value.map(|v| v + 1);
        }
        let signed = least < 0;
        let fits = |bits: u32| {
            if signed {
                least >= -(1_i128 << (bits - 1)) && most < 1_i128 << (bits - 1)
            } else {
                most < 1_i128 << bits
            }
        };
        let mode = e.attributes.mode.as_deref().map(|mode| self.mode(mode)).transpose()?;
        let bytes = match () {
            () if mode.is_some() => mode.unwrap_or(4),
            () if e.attributes.packed && !known => {
                return Err("a packed enum has constants that are not known".to_owned());
            }
            () if e.attributes.packed && fits(8) => 1,
            () if e.attributes.packed && fits(16) => 2,
            () if fits(32) => 4,
            () => 8,
        };
        Ok(EnumValues {
            layout: integer(bytes, signed, self.tree.arch.align64),
            values,
        })
    }

    /// Finds the constants of enums whose bodies are macros (`enum why { why_list };`): no index of a file knows them.
    fn open_macro_enums(&mut self, names: &mut Interner) {
        for file in 0..self.tree.count() as FileId {
            if !self.unit.sees(file) || !self.types.opened.insert(file) {
                continue;
            }
            let index = &self.tree.file(file).index;
            self.types
                .constants
                .extend(index.enumerators.iter().map(|(name, _)| *name));
            let of_macros: Vec<u32> = index
                .enumerators
                .iter()
                .filter(|(name, _)| !self.tree.macro_sites(*name).is_empty())
                .map(|(_, item)| *item)
                .collect();
            for item in of_macros {
                let site = Site { file, item };
                if !self.unit.compiles(self.tree, site, names) {
                    continue;
                }
                let constants = self
                    .enum_at(site, names)
                    .ok()
                    .map(|e| e.values.keys().copied().collect::<Vec<_>>());
                for constant in constants.unwrap_or_default() {
                    self.types.hidden.entry(constant).or_insert(site);
                }
            }
        }
    }

    /// The value of an enum constant.
    pub fn enumerator(&mut self, name: Sym, names: &mut Interner) -> Option<i128> {
        let mut sites: Vec<Site> = self
            .unit
            .enumerator_sites(self.tree, name, names)
            .into_iter()
            .map(|(site, _)| site)
            .collect();
        if sites.is_empty() {
            self.open_macro_enums(names);
            sites.extend(self.types.hidden.get(&name));
        }
        if sites.is_empty() && self.tree.is_loose {
            let all = self.tree.enumerator_sites(name);
            if all.len() == 1 {
                sites = all;
            }
        }
        let mut found = None;
        for site in sites {
            let value = self.enum_at(site, names).ok()?.values.get(&name).copied().flatten()?;
            if found.is_some_and(|f| f != value) {
                return None;
            }
            found = Some(value);
        }
        found
    }
}

fn word(kind: TypeKind) -> &'static str {
    match kind {
        TypeKind::Record => "struct",
        TypeKind::Enum => "enum",
        TypeKind::Typedef => "type",
    }
}

/// Takes out what no layout depends on and tree-sitter does not know in every place: qualifiers of Clang, assertions.
fn simplified(tokens: &[Token], names: &mut Interner) -> Vec<Token> {
    let mut out = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(&token) = tokens.get(at) {
        match names.text(token.sym) {
            "__extension__" | "__restrict" | "__inline" => at += 1,
            // tree-sitter takes one attribute at a place: `A B` of two attributes becomes one with both.
            "__attribute__" if ends_attribute(&out, names) && tokens.len() > at + 2 => {
                out.truncate(out.len() - 2);
                out.push(Token {
                    sym: names.intern(","),
                    ..token
                });
                at += 3;
            }
            "__signed__" | "__signed" => {
                out.push(Token {
                    sym: names.intern("signed"),
                    ..token
                });
                at += 1;
            }
            "__attribute" => {
                out.push(Token {
                    sym: names.intern("__attribute__"),
                    ..token
                });
                at += 1;
            }
            "_Static_assert" | "static_assert" => {
                while at < tokens.len() && names.text(tokens[at].sym) != ";" {
                    at += 1;
                }
                at += 1;
            }
            // `int : 0;`: tree-sitter wants a name before the colon.
            ":" if ends_in_type(&out, names) => {
                out.push(Token {
                    sym: names.intern(UNNAMED),
                    kind: Kind::Ident,
                    space: true,
                    ..token
                });
                out.push(Token { space: true, ..token });
                at += 1;
            }
            // `;;` inside a struct is an empty declaration, which gcc accepts.
            ";" if out
                .last()
                .is_some_and(|t: &Token| matches!(names.text(t.sym), ";" | "{")) =>
            {
                at += 1;
            }
            _ => {
                out.push(token);
                at += 1;
            }
        }
    }
    out
}

/// `enum __attribute__((packed)) x { ... }` with the attribute behind the body, where tree-sitter knows it.
fn attributes_behind_enums(tokens: &[Token], names: &Interner) -> Vec<Token> {
    let mut out = Vec::with_capacity(tokens.len());
    let mut held: Vec<Token> = Vec::new();
    let mut at = 0;
    while let Some(&token) = tokens.get(at) {
        out.push(token);
        at += 1;
        let is = |at: usize, text: &str| tokens.get(at).is_some_and(|t| names.text(t.sym) == text);
        if names.text(token.sym) == "enum" && is(at, "__attribute__") {
            let mut depth = 0;
            let end = tokens[at..].iter().position(|t| {
                depth += i32::from(names.text(t.sym) == "(") - i32::from(names.text(t.sym) == ")");
                depth == 0 && names.text(t.sym) == ")"
            });
            let end = end.map_or(tokens.len(), |n| at + n + 1);
            held.extend_from_slice(&tokens[at..end]);
            at = end;
        } else if names.text(token.sym) == "}" {
            out.append(&mut held);
        }
    }
    out
}

/// Whether the declaration at the end of the tokens has a type and no name yet.
fn ends_in_type(tokens: &[Token], names: &Interner) -> bool {
    let start = tokens
        .iter()
        .rposition(|t| matches!(names.text(t.sym), ";" | "{" | "}"))
        .map_or(0, |at| at + 1);
    let words: Vec<&str> = tokens[start..].iter().map(|t| names.text(t.sym)).collect();
    let keyword = |w: &&str| matches!(*w, "int" | "unsigned" | "signed" | "long" | "short" | "char" | "_Bool");
    tokens.iter().any(|t| names.text(t.sym) == "{") && (words.len() == 1 || words.last().is_some_and(keyword))
}

/// Whether the tokens end in `__attribute__((...))`.
fn ends_attribute(tokens: &[Token], names: &Interner) -> bool {
    let mut depth = 0;
    for (i, token) in tokens.iter().enumerate().rev() {
        match names.text(token.sym) {
            ")" => depth += 1,
            "(" => depth -= 1,
            "__attribute__" => return depth == 0 && i + 1 < tokens.len(),
            _ if depth == 0 => return false,
            _ => {}
        }
    }
    false
}

impl Resolver for Context<'_, '_> {
    fn name(&mut self, name: Sym, names: &mut Interner) -> Option<Value> {
        if let Some(value) = self.enumerator(name, names) {
            let bits = if i32::try_from(value).is_ok() || u32::try_from(value).is_ok() {
                32
            } else {
                64
            };
            return Some(Value::of(value, bits, i32::try_from(value).is_ok() || value < 0));
        }
        let expanded = match self.unit.macro_at(self.tree, name, None, names) {
            Visible::Macro(definition) if definition.params.is_none() => {
                let token = Token::named(name);
                let out = Expander::default().expand(&[token], &mut Table::plain(self.tree, self.unit), names);
                (out.len() != 1 || out[0].sym != name).then_some(out)?
            }
            _ => return None,
        };
        self.value(&expanded, names)
    }

    fn call(&mut self, name: Sym, args: &[Vec<Token>], names: &mut Interner) -> Option<Value> {
        let text = names.text(name);
        match (text, args) {
            ("__builtin_choose_expr", [condition, then, otherwise]) => {
                let chosen = if self.value(condition, names)?.number != 0 {
                    then
                } else {
                    otherwise
                };
                self.value(chosen, names)
            }
            ("__builtin_constant_p", [_]) => Some(Value::int(1)),
            ("ilog2" | "const_ilog2" | "__ilog2_u32" | "__ilog2_u64", [operand]) => {
                let number = u64::try_from(self.value(operand, names)?.number).ok()?;
                number.checked_ilog2().map(|n| Value::int(i64::from(n)))
            }
            _ => None,
        }
    }

    fn is_type(&mut self, name: Sym, names: &mut Interner) -> bool {
        !self
            .unit
            .type_sites(self.tree, TypeKind::Typedef, name, names)
            .is_empty()
    }

    fn size_of(&mut self, operand: &[Token], names: &mut Interner) -> Option<u64> {
        if operand.iter().all(|t| t.kind == Kind::Str) && !operand.is_empty() {
            let length: usize = operand.iter().map(|t| unescaped(names.text(t.sym)).len()).sum();
            return Some(length as u64 + 1);
        }
        self.type_name(operand, names).ok().map(|l| l.size)
    }

    fn align_of(&mut self, operand: &[Token], names: &mut Interner) -> Option<u64> {
        self.type_name(operand, names).ok().map(|l| l.align)
    }

    fn integer_type(&mut self, operand: &[Token], names: &mut Interner) -> Option<(u32, bool)> {
        if names.text(operand.last()?.sym) == "*" {
            return Some((self.tree.arch.word_bits, false));
        }
        let layout = self.type_name(operand, names).ok().filter(|l| l.integer)?;
        Some((u32::try_from(layout.size * 8).ok()?, layout.signed))
    }
}

/// Resolves the constants of the enum that is being evaluated before those of others.
struct WithEarlier<'c, 'a, 'f> {
    context: &'c mut Context<'a, 'f>,
    earlier: &'c FxHashMap<Sym, Option<i128>>,
}

impl Resolver for WithEarlier<'_, '_, '_> {
    fn name(&mut self, name: Sym, names: &mut Interner) -> Option<Value> {
        match self.earlier.get(&name) {
            Some(value) => value.map(|v| Value::of(v, if i32::try_from(v).is_ok() { 32 } else { 64 }, true)),
            None => self.context.name(name, names),
        }
    }

    fn call(&mut self, name: Sym, args: &[Vec<Token>], names: &mut Interner) -> Option<Value> {
        self.context.call(name, args, names)
    }

    fn is_type(&mut self, name: Sym, names: &mut Interner) -> bool {
        self.context.is_type(name, names)
    }

    fn size_of(&mut self, operand: &[Token], names: &mut Interner) -> Option<u64> {
        self.context.size_of(operand, names)
    }

    fn align_of(&mut self, operand: &[Token], names: &mut Interner) -> Option<u64> {
        self.context.align_of(operand, names)
    }

    fn integer_type(&mut self, operand: &[Token], names: &mut Interner) -> Option<(u32, bool)> {
        self.context.integer_type(operand, names)
    }
}
