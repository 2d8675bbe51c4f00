//! Integer constant expressions of C, over tokens that are already macro-expanded.
//! Evaluation never guesses: whatever has a part that is not known has no value.

use crate::lex::{Interner, Kind, Sym, Token, split_at_commas};

/// How deep an expression may nest; beyond it has no value.
const MAX_DEPTH: u32 = 256;

/// A value with the C type that decides how it wraps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value {
    /// The number; always within the range of its type.
    pub number: i128,
    /// Width of the type in bits: 32 or 64.
    pub bits: u32,
    /// Whether the type is signed.
    pub signed: bool,
}

impl Value {
    /// An `int`.
    pub fn int(number: i64) -> Self {
        Value::of(i128::from(number), 32, true)
    }

    /// A number of a type, wrapped into its range.
    pub fn of(number: i128, bits: u32, signed: bool) -> Self {
        let bits = bits.clamp(1, 64);
        let modulus = 1_i128 << bits;
        let mut wrapped = number.rem_euclid(modulus);
        if signed && wrapped >= modulus / 2 {
            wrapped -= modulus;
        }
        Value {
            number: wrapped,
            bits,
            signed,
        }
    }

    fn truth(self) -> bool {
        self.number != 0
    }
}

/// Knows what an expression cannot know by itself.
pub trait Resolver {
    /// The value of an identifier.
    fn name(&mut self, name: Sym, names: &mut Interner) -> Option<Value>;
    /// The value of `name(args)`; the arguments are split but not evaluated.
    fn call(&mut self, name: Sym, args: &[Vec<Token>], names: &mut Interner) -> Option<Value>;
    /// Whether an identifier names a type.
    fn is_type(&mut self, name: Sym, names: &mut Interner) -> bool;
    /// Size in bytes of a type or of an expression in `sizeof`.
    fn size_of(&mut self, operand: &[Token], names: &mut Interner) -> Option<u64>;
    /// Alignment in bytes of a type.
    fn align_of(&mut self, operand: &[Token], names: &mut Interner) -> Option<u64>;
    /// Width in bits and signedness of an integer type, for casts.
    fn integer_type(&mut self, operand: &[Token], names: &mut Interner) -> Option<(u32, bool)>;
}

/// The value of an expression, if all of it is known.
pub fn evaluate(tokens: &[Token], resolver: &mut dyn Resolver, names: &mut Interner) -> Option<Value> {
    let mut parser = Parser {
        tokens,
        at: 0,
        resolver,
        names,
        depth: 0,
    };
    let value = parser.ternary()?;
    if parser.at == tokens.len() { value } else { None }
}

/// `None` in the inner option: parsed, but not known. An outer `None`: not an expression.
type Operand = Option<Option<Value>>;

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    resolver: &'a mut dyn Resolver,
    names: &'a mut Interner,
    depth: u32,
}

/// Binding strength of a binary operator; higher binds tighter.
fn strength(op: &str) -> Option<u32> {
    Some(match op {
        "||" => 1,
        "&&" => 2,
        "|" => 3,
        "^" => 4,
        "&" => 5,
        "==" | "!=" => 6,
        "<" | ">" | "<=" | ">=" => 7,
        "<<" | ">>" => 8,
        "+" | "-" => 9,
        "*" | "/" | "%" => 10,
        _ => return None,
    })
}

fn binary(op: &str, a: Value, b: Value) -> Option<Value> {
    let flag = |truth: bool| Some(Value::int(i64::from(truth)));
    if op == "<<" || op == ">>" {
        let shift = u32::try_from(b.number).ok().filter(|&n| n < a.bits)?;
        let number = if op == "<<" {
            a.number << shift
        } else {
            a.number >> shift
        };
        return Some(Value::of(number, a.bits, a.signed));
    }
    // The usual arithmetic conversions: the wider type wins, and unsigned at equal width.
    let bits = a.bits.max(b.bits).max(32);
    let unsigned = |v: Value| !v.signed && v.bits == bits;
    let signed = !(unsigned(a) || unsigned(b));
    let (x, y) = (
        Value::of(a.number, bits, signed).number,
        Value::of(b.number, bits, signed).number,
    );
    let number = match op {
        "+" => x + y,
        "-" => x - y,
        "*" => x.checked_mul(y)?,
        "/" => x.checked_div(y)?,
        "%" => x.checked_rem(y)?,
        "&" => x & y,
        "|" => x | y,
        "^" => x ^ y,
        "==" => return flag(x == y),
        "!=" => return flag(x != y),
        "<" => return flag(x < y),
        ">" => return flag(x > y),
        "<=" => return flag(x <= y),
        ">=" => return flag(x >= y),
        _ => return None,
    };
    Some(Value::of(number, bits, signed))
}

impl Parser<'_> {
    fn text(&self, ahead: usize) -> &str {
        self.tokens.get(self.at + ahead).map_or("", |t| self.names.text(t.sym))
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.text(0) == text;
        if found {
            self.at += 1;
        }
        found
    }

    fn ternary(&mut self) -> Operand {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let condition = self.binary(1)?;
        let result = if self.eat("?") {
            // GNU `a ?: b`.
            let then = if self.text(0) == ":" {
                condition
            } else {
                self.ternary()?
            };
            if !self.eat(":") {
                return None;
            }
            let otherwise = self.ternary()?;
            condition.and_then(|c| if c.truth() { then } else { otherwise })
        } else {
            condition
        };
        self.depth -= 1;
        Some(result)
    }

    fn binary(&mut self, least: u32) -> Operand {
        let mut left = self.unary()?;
        while let Some(power) = strength(self.text(0)).filter(|&p| p >= least) {
            let op = self.text(0).to_owned();
            self.at += 1;
            let right = self.binary(power + 1)?;
            left = match (op.as_str(), left, right) {
                ("&&", Some(a), b) => {
                    if a.truth() {
                        b.map(|b| Value::int(b.truth().into()))
                    } else {
                        Some(Value::int(0))
                    }
                }
                ("&&", None, Some(b)) if !b.truth() => Some(Value::int(0)),
                ("||", Some(a), b) => {
                    if a.truth() {
                        Some(Value::int(1))
                    } else {
                        b.map(|b| Value::int(b.truth().into()))
                    }
                }
                ("||", None, Some(b)) if b.truth() => Some(Value::int(1)),
                (op, Some(a), Some(b)) => binary(op, a, b),
                _ => None,
            };
        }
        Some(left)
    }

    fn unary(&mut self) -> Operand {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let token = *self.tokens.get(self.at)?;
        let text = self.names.text(token.sym);
        self.at += 1;
        let result = match text {
            "-" | "+" | "~" | "!" => {
                let operator = text.as_bytes()[0];
                let operand = self.unary()?;
                operand.map(|v| {
                    let (bits, signed) = if v.bits < 32 { (32, true) } else { (v.bits, v.signed) };
                    match operator {
                        b'-' => Value::of(-v.number, bits, signed),
                        b'~' => Value::of(!v.number, bits, signed),
                        b'!' => Value::int(i64::from(!v.truth())),
                        _ => Value::of(v.number, bits, signed),
                    }
                })
            }
            "(" => self.parenthesised()?,
            "sizeof" => self.size_or_alignment(true)?,
            "__alignof__" | "_Alignof" | "__alignof" => self.size_or_alignment(false)?,
            "__extension__" => self.unary()?,
            _ => match token.kind {
                Kind::Number => number(text),
                Kind::Char => character(text),
                Kind::Ident if self.text(0) == "(" => {
                    let args = self.arguments()?;
                    self.resolver.call(token.sym, &args, self.names)
                }
                Kind::Ident => self.resolver.name(token.sym, self.names),
                _ => return None,
            },
        };
        self.depth -= 1;
        Some(result)
    }

    /// After `(`: a cast or an expression in parentheses.
    fn parenthesised(&mut self) -> Operand {
        let close = self.close(self.at)?;
        let inner = &self.tokens[self.at..close];
        if self.is_type_name(inner) {
            self.at = close + 1;
            let target = self.resolver.integer_type(inner, self.names);
            let operand = self.unary()?;
            return Some(match (target, operand) {
                (Some((bits, signed)), Some(v)) => Some(Value::of(v.number, bits, signed)),
                _ => None,
            });
        }
        let value = self.ternary()?;
        self.eat(")").then_some(value)
    }

    fn is_type_name(&mut self, tokens: &[Token]) -> bool {
        let Some(first) = tokens.first().filter(|t| t.kind == Kind::Ident) else {
            return false;
        };
        if matches!(
            self.names.text(first.sym),
            "unsigned"
                | "signed"
                | "char"
                | "short"
                | "int"
                | "long"
                | "struct"
                | "union"
                | "enum"
                | "const"
                | "volatile"
                | "void"
                | "_Bool"
                | "__typeof__"
                | "typeof"
                | "float"
                | "double"
                | "__signed__"
        ) {
            return true;
        }
        let plain = tokens[1..]
            .iter()
            .all(|t| matches!(self.names.text(t.sym), "*" | "const"));
        plain && self.resolver.is_type(first.sym, self.names)
    }

    fn size_or_alignment(&mut self, is_size: bool) -> Operand {
        let operand = if self.text(0) == "(" {
            let close = self.close(self.at + 1)?;
            let inner = self.tokens[self.at + 1..close].to_vec();
            self.at = close + 1;
            inner
        } else {
            let from = self.at;
            self.unary()?;
            self.tokens[from..self.at].to_vec()
        };
        let bytes = if is_size {
            self.resolver.size_of(&operand, self.names)
        } else {
            self.resolver.align_of(&operand, self.names)
        };
        Some(bytes.map(|b| Value::of(i128::from(b), 64, false)))
    }

    /// The index of the `)` for a `(` just before `from`.
    fn close(&self, from: usize) -> Option<usize> {
        let mut depth = 0;
        for (i, token) in self.tokens.iter().enumerate().skip(from) {
            match self.names.text(token.sym) {
                "(" => depth += 1,
                ")" if depth == 0 => return Some(i),
                ")" => depth -= 1,
                _ => {}
            }
        }
        None
    }

    fn arguments(&mut self) -> Option<Vec<Vec<Token>>> {
        let close = self.close(self.at + 1)?;
        let args = split_at_commas(&self.tokens[self.at + 1..close], self.names);
        let args = args.into_iter().map(<[Token]>::to_vec).collect();
        self.at = close + 1;
        Some(args)
    }
}

/// The value of an integer constant; `None` for floating point and what is no number.
pub fn number(text: &str) -> Option<Value> {
    let lower = text.to_ascii_lowercase();
    let body = lower.trim_end_matches(['u', 'l']);
    let suffix = &lower[body.len()..];
    let (digits, radix) = if let Some(hex) = body.strip_prefix("0x") {
        (hex, 16)
    } else if let Some(bin) = body.strip_prefix("0b") {
        (bin, 2)
    } else if body.len() > 1 && body.starts_with('0') {
        (&body[1..], 8)
    } else {
        (body, 10)
    };
    let number = i128::from(u64::from_str_radix(digits, radix).ok()?);
    let unsigned = suffix.contains('u');
    let long = suffix.contains('l');
    // C11 6.4.4.1: the first type of the list in which the value fits; decimal constants never become unsigned.
    let fits = |bits: u32, signed: bool| number < 1_i128 << (bits - u32::from(signed));
    for bits in [32, 64] {
        if bits == 32 && long {
            continue;
        }
        if !unsigned && fits(bits, true) {
            return Some(Value::of(number, bits, true));
        }
        if (unsigned || radix != 10) && fits(bits, false) {
            return Some(Value::of(number, bits, false));
        }
    }
    Some(Value::of(number, 64, false))
}

/// The value of a character constant.
fn character(text: &str) -> Option<Value> {
    let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
    let mut chars = inner.chars();
    let code = match (chars.next()?, chars.next()) {
        ('\\', Some('n')) => 10,
        ('\\', Some('t')) => 9,
        ('\\', Some('r')) => 13,
        ('\\', Some('0')) if inner.len() == 2 => 0,
        ('\\', Some(c @ ('\\' | '\'' | '"'))) => c as i64,
        ('\\', Some('x')) => i64::from_str_radix(&inner[2..], 16).ok()?,
        ('\\', _) => i64::from_str_radix(&inner[1..], 8).ok()?,
        (c, None) => c as i64,
        _ => return None,
    };
    Some(Value::int(code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lex::lex;

    struct Known;

    impl Resolver for Known {
        fn name(&mut self, name: Sym, names: &mut Interner) -> Option<Value> {
            (names.text(name) == "SIX").then(|| Value::int(6))
        }
        fn call(&mut self, name: Sym, args: &[Vec<Token>], names: &mut Interner) -> Option<Value> {
            (names.text(name) == "count").then(|| Value::of(args.len() as i128, 32, true))
        }
        fn is_type(&mut self, name: Sym, names: &mut Interner) -> bool {
            names.text(name) == "u8"
        }
        fn size_of(&mut self, operand: &[Token], names: &mut Interner) -> Option<u64> {
            (names.text(operand[0].sym) == "u8").then_some(1)
        }
        fn align_of(&mut self, _: &[Token], _: &mut Interner) -> Option<u64> {
            None
        }
        fn integer_type(&mut self, operand: &[Token], names: &mut Interner) -> Option<(u32, bool)> {
            match names.text(operand[0].sym) {
                "u8" => Some((8, false)),
                "unsigned" => Some((64, false)),
                _ => None,
            }
        }
    }

    #[test]
    fn evaluates_as_c_does() {
        let cases: &[(&str, Option<i128>)] = &[
            ("1 + 2 * 3", Some(7)),
            ("(1 + 2) * 3 << 1", Some(18)),
            ("SIX ? 0x10 : WHAT", Some(16)),
            ("WHAT && 0", Some(0)),
            ("WHAT || 1", Some(1)),
            ("WHAT && 1", None),
            ("WHAT + 1", None),
            ("~0U", Some(0xffff_ffff)),
            ("~0UL", Some(0xffff_ffff_ffff_ffff)),
            ("-1 < 0U", Some(0)),
            ("(u8)-1", Some(255)),
            ("(unsigned long)(-1)", Some(0xffff_ffff_ffff_ffff)),
            ("sizeof(u8) * 4", Some(4)),
            ("sizeof(u9)", None),
            ("((10) + (8) - 1) / (8)", Some(2)),
            ("count(1, (2, 3))", Some(2)),
            ("'A' - '\\0'", Some(65)),
            ("077", Some(63)),
            ("1 << 31", Some(-2_147_483_648)),
            ("1U << 31", Some(2_147_483_648)),
            ("4 / 0", None),
            ("1 ?: 2", Some(1)),
            ("1 2", None),
            ("(", None),
            ("1.5", None),
        ];
        for (text, want) in cases {
            let mut names = Interner::default();
            let tokens = lex(text.as_bytes(), 0, 1, &mut names);
            assert_eq!(
                evaluate(&tokens, &mut Known, &mut names).map(|v| v.number),
                *want,
                "{text}"
            );
        }
    }

    #[test]
    fn survives_deep_nesting() {
        let mut names = Interner::default();
        let tokens = lex("(".repeat(100_000).as_bytes(), 0, 1, &mut names);
        assert_eq!(evaluate(&tokens, &mut Known, &mut names), None);
        let tokens = lex(format!("{}1", "-".repeat(100_000)).as_bytes(), 0, 1, &mut names);
        assert_eq!(evaluate(&tokens, &mut Known, &mut names), None);
    }
}
