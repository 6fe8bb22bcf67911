//! The parser from text to terms.
//!
//! ```text
//! value    = joined [".." joined]
//! joined   = modified {("|" | "&" | "+") modified}      `+` binds most tightly, then `&`
//! modified = primary {"." word "(" items ")"}
//! primary  = number [unit] | word ["(" items ")"] | "(" items ")" | "[" items "]"
//! items    = [value {"," value} [","]]
//! ```

use persevere_words::duration::read;

use super::duration::otherwise;
use super::elsewhere::{known, leading, percent};
use super::parse_error::ParseError;
use super::term::{Call, Kind, Operator, Term};

/// Bounds on values from outside: longer or deeper input is not a hand-written policy.
const LONGEST: usize = 2000;
const DEEPEST: usize = 24;

pub(crate) fn parse(text: &str) -> Result<Term, ParseError> {
    if text.len() > LONGEST {
        let reason = format!("longer than {LONGEST} bytes");
        return Err(ParseError::new(0, reason));
    }
    if text.trim().is_empty() {
        let reason = "nothing is written; write a value, or leave the key out";
        return Err(ParseError::new(0, reason));
    }
    let mut parser = Parser {
        text,
        at: 0,
        depth: 0,
    };
    let term = parser.value()?;
    match parser.peek() {
        None => Ok(term),
        Some(_) => Err(parser.expected("the end")),
    }
}

struct Parser<'a> {
    text: &'a str,
    /// The position of the next byte, which is the first one of a character.
    at: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn value(&mut self) -> Result<Term, ParseError> {
        let low = self.joined(&Operator::ALL)?;
        if !self.eats("..") {
            return Ok(low);
        }
        if self.rest().starts_with('=') {
            return Err(self.error("both ends of a range are included already; write `..`"));
        }
        let high = self.joined(&Operator::ALL)?;
        Ok(Term {
            at: low.at,
            kind: Kind::Range(Box::new(low), Box::new(high)),
        })
    }

    /// Parses parts joined by one of `operators`, the loosest first.
    fn joined(&mut self, operators: &[Operator]) -> Result<Term, ParseError> {
        let [operator, tighter @ ..] = operators else {
            return self.modified();
        };
        let first = self.joined(tighter)?;
        let at = first.at;
        let mut parts = vec![first];
        while self.eats(operator.sign().encode_utf8(&mut [0; 4])) {
            parts.push(self.joined(tighter)?);
        }
        Ok(match parts.len() {
            1 => parts.swap_remove(0),
            _ => Term {
                at,
                kind: Kind::Joined(*operator, parts),
            },
        })
    }

    fn modified(&mut self) -> Result<Term, ParseError> {
        let value = self.primary()?;
        let mut modifiers = Vec::new();
        while self.peek() == Some('.') && !self.rest().starts_with("..") {
            self.at += 1;
            let Some((at, word)) = self.word() else {
                return Err(self.error("expected a word, such as `max(10s)`"));
            };
            if !self.eats("(") {
                return Err(self.error(format!("expected `(`, as in `.{word}(..)`")));
            }
            let (args, _) = self.items(')')?;
            modifiers.push(Call { at, word, args });
        }
        if modifiers.is_empty() {
            return Ok(value);
        }
        Ok(Term {
            at: value.at,
            kind: Kind::Modified(Box::new(value), modifiers),
        })
    }

    fn primary(&mut self) -> Result<Term, ParseError> {
        let next = self.peek();
        let at = self.at;
        let kind = match next {
            Some('(') => {
                self.at += 1;
                let (mut items, comma) = self.items(')')?;
                if items.len() == 1 && !comma {
                    return Ok(items.swap_remove(0));
                }
                Kind::Tuple(items)
            }
            Some('[') => {
                self.at += 1;
                Kind::List(self.items(']')?.0)
            }
            Some('0'..='9' | '-') => self.number()?,
            _ => match self.word() {
                None => return Err(self.expected("a word, a number or a duration")),
                Some((_, word)) if self.eats("(") => {
                    let (args, _) = self.items(')')?;
                    Kind::Call(Call { at, word, args })
                }
                Some((at, word)) => {
                    self.no_duration(at)?;
                    Kind::Name(word)
                }
            },
        };
        Ok(Term { at, kind })
    }

    /// Parses items up to `end`; also returns whether a comma follows the last one.
    fn items(&mut self, end: char) -> Result<(Vec<Term>, bool), ParseError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            let reason = format!("nested more than {DEEPEST} levels deep");
            return Err(self.error(reason));
        }
        let mut items = Vec::new();
        let mut comma = false;
        while self.peek() != Some(end) {
            if !items.is_empty() && !comma {
                return Err(self.expected(&format!("`,` or `{end}`")));
            }
            items.push(self.value()?);
            comma = self.eats(",");
        }
        self.at += end.len_utf8();
        self.depth -= 1;
        Ok((items, comma))
    }

    /// Parses digits, perhaps with a fraction and a unit.
    fn number(&mut self) -> Result<Kind, ParseError> {
        let at = self.at;
        self.eats("-");
        self.digits();
        let mut rest = self.rest().chars();
        if rest.next() == Some('.') && rest.next().is_some_and(|next| next.is_ascii_digit()) {
            self.at += 1;
            self.digits();
        }
        let number = &self.text[at..self.at];
        let unit = self.letters();
        let text = &self.text[at..self.at];
        match unit {
            "" => {
                if self.peek() == Some('%') {
                    return Err(ParseError::new(at, percent(text)));
                }
                if self.rest().trim_start().starts_with(char::is_alphabetic) {
                    self.no_duration(at)?;
                }
                Ok(Kind::Number(text.to_string()))
            }
            unit => {
                let duration = read(number, unit).map_err(|reason| ParseError::new(at, reason))?;
                Ok(Kind::Duration(text.to_string(), duration))
            }
        }
    }

    /// Refuses a duration from `at` on that is in the syntax of another format: `5 seconds`, `PT5S`.
    fn no_duration(&self, at: usize) -> Result<(), ParseError> {
        let rest = &self.text[at..];
        let in_words = |c: char| c.is_alphanumeric() || c.is_whitespace();
        let mut end = leading(rest, in_words);
        while rest[end..].starts_with('.')
            && rest[end + 1..].starts_with(|c: char| c.is_ascii_digit())
        {
            end += 1 + leading(&rest[end + 1..], in_words);
        }
        match otherwise(rest[..end].trim_end()) {
            Some(reason) => Err(ParseError::new(at, reason)),
            None => Ok(()),
        }
    }

    fn digits(&mut self) {
        self.at += leading(self.rest(), |c| c.is_ascii_digit() || c == '_');
    }

    fn letters(&mut self) -> &'a str {
        let length = leading(self.rest(), |c| c.is_alphanumeric() || c == '_');
        let letters = &self.text[self.at..self.at + length];
        self.at += length;
        letters
    }

    fn word(&mut self) -> Option<(usize, String)> {
        let next = self.peek()?;
        if !next.is_alphabetic() && next != '_' {
            return None;
        }
        let at = self.at;
        Some((at, self.letters().to_string()))
    }

    fn eats(&mut self, sign: &str) -> bool {
        self.peek();
        let there = self.rest().starts_with(sign);
        if there {
            self.at += sign.len();
        }
        there
    }

    /// Skips whitespace, and returns the next character without consuming it.
    fn peek(&mut self) -> Option<char> {
        self.at += leading(self.rest(), char::is_whitespace);
        self.rest().chars().next()
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn expected(&mut self, expected: &str) -> ParseError {
        let found = match self.peek() {
            Some(next) => format!("`{next}`"),
            None => "the end".to_string(),
        };
        known(self.text, self.at)
            .unwrap_or_else(|| self.error(format!("expected {expected}, found {found}")))
    }

    fn error(&self, reason: impl ToString) -> ParseError {
        ParseError::new(self.at, reason)
    }
}
