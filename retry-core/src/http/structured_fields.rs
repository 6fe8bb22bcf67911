//! Structured fields of RFC 9651, as far as `RateLimit` needs them: the integers among the parameters of a
//! list's items, and among the members of a dictionary.
//!
//! Anything else is parsed by the grammar and left out. A field that violates the grammar is ignored as a
//! whole (section 4.2).

/// A bare item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Integer(i64),
    Other,
}

/// Keys with their values, in the order of the field. The last value of a repeated key holds.
pub(super) type Parameters<'a> = Vec<(&'a str, Value)>;

/// Returns the parameters of each item of a list without inner lists (section 4.2.1).
pub(super) fn items(field: &str) -> Option<Vec<Parameters<'_>>> {
    let mut rest = Rest(field.trim_matches(' '));
    rest.separated(|rest| {
        rest.bare_item()?;
        rest.parameters()
    })
}

/// Returns the members of a dictionary without inner lists, and without their parameters (section 4.2.2).
pub(super) fn dictionary(field: &str) -> Option<Parameters<'_>> {
    let mut rest = Rest(field.trim_matches(' '));
    rest.separated(|rest| {
        let key = rest.key()?;
        let value = rest.value()?;
        rest.parameters()?;
        Some((key, value))
    })
}

/// Returns the integer of a key, if it is not negative.
pub(super) fn number(parameters: &Parameters<'_>, wanted: &str) -> Option<u64> {
    let mut found = parameters.iter().filter(|(key, _)| *key == wanted);
    match found.next_back()? {
        (_, Value::Integer(number)) => u64::try_from(*number).ok(),
        (_, Value::Other) => None,
    }
}

/// The text that has not been parsed.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    /// Parses members between commas, to the end of the field.
    fn separated<T>(&mut self, member: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut members = Vec::new();
        while !self.0.is_empty() {
            members.push(member(self)?);
            self.take_while(is_space);
            if !self.0.is_empty() {
                self.expect(',')?;
                self.take_while(is_space);
                // A trailing comma is an error.
                (!self.0.is_empty()).then_some(())?;
            }
        }
        Some(members)
    }

    /// Parses parameters (section 4.2.3.2).
    fn parameters(&mut self) -> Option<Parameters<'a>> {
        let mut parameters = Vec::new();
        while self.skip(';') {
            self.take_while(|byte| byte == b' ');
            let key = self.key()?;
            parameters.push((key, self.value()?));
        }
        Some(parameters)
    }

    /// Parses the value of a key, which is true if it is missing.
    fn value(&mut self) -> Option<Value> {
        if self.skip('=') {
            self.bare_item()
        } else {
            Some(Value::Other)
        }
    }

    /// Parses a key (section 4.2.3.3).
    fn key(&mut self) -> Option<&'a str> {
        let is_start = |byte: u8| byte.is_ascii_lowercase() || byte == b'*';
        self.next_is(is_start).then_some(())?;
        let is_part = |byte: u8| is_start(byte) || byte.is_ascii_digit() || b"_-.".contains(&byte);
        Some(self.take_while(is_part))
    }

    /// Parses a bare item (section 4.2.3.1).
    fn bare_item(&mut self) -> Option<Value> {
        match *self.0.as_bytes().first()? {
            b'-' | b'0'..=b'9' => self.number(),
            b'"' => self.string(),
            b':' => self.bytes(),
            b'?' => {
                self.expect('?')?;
                (self.skip('0') || self.skip('1')).then_some(Value::Other)
            }
            b'@' => {
                self.expect('@')?;
                // A date has no fraction.
                matches!(self.number()?, Value::Integer(_)).then_some(Value::Other)
            }
            b'%' => {
                self.expect('%')?;
                self.display_string()
            }
            byte if byte.is_ascii_alphabetic() || byte == b'*' => {
                let punctuation = b"!#$%&'*+-.^_`|~:/";
                self.take_while(|byte| byte.is_ascii_alphanumeric() || punctuation.contains(&byte));
                Some(Value::Other)
            }
            _ => None,
        }
    }

    /// Parses an integer of up to 15 digits, or a decimal number of up to 12 and 3 (section 4.2.4).
    fn number(&mut self) -> Option<Value> {
        let is_negative = self.skip('-');
        let whole = self.take_while(|byte| byte.is_ascii_digit());
        if !self.skip('.') {
            let number: i64 = whole.parse().ok().filter(|_| whole.len() <= 15)?;
            return Some(Value::Integer(if is_negative { -number } else { number }));
        }
        let fraction = self.take_while(|byte| byte.is_ascii_digit());
        let fits = (1..=12).contains(&whole.len()) && (1..=3).contains(&fraction.len());
        fits.then_some(Value::Other)
    }

    /// Parses a string (section 4.2.5).
    fn string(&mut self) -> Option<Value> {
        self.expect('"')?;
        loop {
            self.take_while(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\');
            if self.skip('"') {
                return Some(Value::Other);
            }
            self.expect('\\')?;
            (self.skip('"') || self.skip('\\')).then_some(())?;
        }
    }

    /// Parses a sequence of bytes (section 4.2.7). Its alphabet is checked, its encoding is not.
    fn bytes(&mut self) -> Option<Value> {
        self.expect(':')?;
        self.take_while(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
        self.expect(':')?;
        Some(Value::Other)
    }

    /// Parses a percent-encoded Unicode string (section 4.2.10). Its alphabet is checked, its encoding is
    /// not.
    fn display_string(&mut self) -> Option<Value> {
        self.expect('"')?;
        loop {
            self.take_while(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'%');
            if self.skip('"') {
                return Some(Value::Other);
            }
            self.expect('%')?;
            for _ in 0..2 {
                self.next_is(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
                    .then_some(())?;
                self.0 = &self.0[1..];
            }
        }
    }

    fn next_is(&self, wanted: impl Fn(u8) -> bool) -> bool {
        self.0.bytes().next().is_some_and(wanted)
    }

    fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'a str {
        let length = self.0.bytes().take_while(|byte| wanted(*byte)).count();
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken
    }

    fn skip(&mut self, wanted: char) -> bool {
        let rest = self.0.strip_prefix(wanted);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn expect(&mut self, wanted: char) -> Option<()> {
        self.skip(wanted).then_some(())
    }
}

fn is_space(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}
