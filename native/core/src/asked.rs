//! Which names were asked for while something was found out: it holds for as long as none of them means something else.
//! What is answered from a memory counts as asked again, with all that was asked when it was found out first.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use crate::lex::Sym;

/// A stretch of the list of what was asked, from one entry up to another.
pub type Stretch = (u32, u32);

/// What was asked, in order.
#[derive(Default)]
pub struct Asked {
    is_kept: bool,
    entries: Vec<Entry>,
}

enum Entry {
    /// A name.
    Name(Sym),
    /// What was asked in this earlier stretch.
    Again(Stretch),
    /// What was asked for the sake of a definition that an earlier unit resolved.
    Known(Rc<[Sym]>),
}

impl Asked {
    /// Forgets all, and keeps from now on what is asked.
    pub fn restart(&mut self) {
        self.is_kept = true;
        self.entries.clear();
    }

    /// Notes a name.
    pub fn name(&mut self, name: Sym) {
        if self.is_kept && !matches!(self.entries.last(), Some(Entry::Name(last)) if *last == name) {
            self.entries.push(Entry::Name(name));
        }
    }

    /// Notes that what was asked in an earlier stretch counts here, too.
    pub fn again(&mut self, stretch: Stretch) {
        if self.is_kept && stretch.0 < stretch.1 {
            self.entries.push(Entry::Again(stretch));
        }
    }

    /// Notes names that were asked before.
    pub fn known(&mut self, names: &Rc<[Sym]>) {
        if self.is_kept && !names.is_empty() {
            self.entries.push(Entry::Known(names.clone()));
        }
    }

    /// Where the list ends now.
    pub fn end(&self) -> u32 {
        self.entries.len() as u32
    }

    /// The names that were asked from an entry on, sorted, each once.
    pub fn since(&self, from: u32) -> Rc<[Sym]> {
        let mut found: FxHashSet<Sym> = FxHashSet::default();
        let mut done: FxHashSet<Stretch> = FxHashSet::default();
        let mut known: FxHashSet<*const Sym> = FxHashSet::default();
        let mut open = vec![(from, self.end())];
        while let Some((start, end)) = open.pop() {
            for entry in &self.entries[start as usize..end as usize] {
                match entry {
                    Entry::Name(name) => {
                        found.insert(*name);
                    }
                    // What lies within the list that is gone through already is met there.
                    Entry::Again(stretch) if stretch.0 < from && done.insert(*stretch) => open.push(*stretch),
                    Entry::Again(_) => {}
                    Entry::Known(names) => {
                        if known.insert(names.as_ptr()) {
                            found.extend(names.iter());
                        }
                    }
                }
            }
        }
        let mut names: Vec<Sym> = found.into_iter().collect();
        names.sort_unstable();
        names.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_was_answered_from_memory() {
        let mut asked = Asked::default();
        asked.name(Sym(9));
        assert_eq!(asked.since(0).len(), 0, "nothing is kept before it is asked for");
        asked.restart();
        asked.name(Sym(3));
        asked.name(Sym(1));
        let first = (0, asked.end());
        let second = asked.end();
        asked.again(first);
        asked.known(&Rc::from([Sym(7)]));
        asked.name(Sym(2));
        asked.name(Sym(2));
        assert_eq!(*asked.since(0), [Sym(1), Sym(2), Sym(3), Sym(7)]);
        assert_eq!(*asked.since(second), [Sym(1), Sym(2), Sym(3), Sym(7)]);
        assert_eq!(*asked.since(asked.end()), []);
    }
}
