//! Where each name of a kernel tree is defined.

use crate::index::TypeKind;
use crate::lex::Sym;
use crate::tree::FileId;

/// A definition: the file and the index in the list of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Site {
    /// The file.
    pub file: FileId,
    /// Index into `defines` or `types` of the file.
    pub item: u32,
}

/// What a name is at a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A macro; the site is an index into `defines`.
    Macro,
    /// A macro that is undefined; an index into `undefs`.
    Undef,
    /// A type; an index into `types`.
    Type(TypeKind),
    /// A constant of an enum; an index into `types`.
    Enumerator,
}

/// Where each name is defined: a chain for each name, in the order in which the files were read. A kernel has some 300,000
/// names, nearly all of them with one definition, and most are never asked for: adding one has to be cheap.
#[derive(Default)]
pub struct Sites {
    /// The first and the last link of the chain of each name, by the number of the name; [`NO_LINK`] for none.
    chains: Vec<(u32, u32)>,
    /// What the name is, where, and the next link.
    links: Vec<(Role, Site, u32)>,
}

const NO_LINK: u32 = u32::MAX;

impl Sites {
    /// Adds a site behind those that the name has already.
    pub fn push(&mut self, role: Role, name: Sym, site: Site) {
        let (link, name) = (self.links.len() as u32, name.0 as usize);
        self.links.push((role, site, NO_LINK));
        if self.chains.len() <= name {
            self.chains.resize(name + 1, (NO_LINK, NO_LINK));
        }
        let (first, last) = &mut self.chains[name];
        match *last {
            NO_LINK => *first = link,
            before => self.links[before as usize].2 = link,
        }
        *last = link;
    }

    /// The sites at which a name has this role, in the order in which they were added.
    pub fn of(&self, role: Role, name: Sym) -> Vec<Site> {
        let first = self.chains.get(name.0 as usize).map_or(NO_LINK, |&(first, _)| first);
        let link = |at: u32| self.links.get(at as usize);
        std::iter::successors(link(first), |&&(.., next)| link(next))
            .filter(|(found, ..)| *found == role)
            .map(|&(_, site, _)| site)
            .collect()
    }
}
