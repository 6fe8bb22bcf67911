//! Protobuf's wire format: the fields of a message.

/// The value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Varint(u64),
    /// A string, bytes, or a message.
    Bytes(&'a [u8]),
    /// A value of a kind that is not needed here: a number of fixed size, or a group.
    Other,
}

/// An iterator over the numbers and values of a message's fields, in order.
///
/// A malformed field gives `None`, at which readers stop.
///
/// Source: [protobuf's encoding](https://protobuf.dev/programming-guides/encoding/).
#[derive(Clone, Debug)]
pub(super) struct Fields<'a>(&'a [u8]);

/// The maximum nesting depth of groups, as in protobuf's own parsers.
const DEEPEST: u32 = 100;

impl<'a> Fields<'a> {
    pub(super) fn of(message: &'a [u8]) -> Self {
        Fields(message)
    }

    fn field(&mut self) -> Option<(u32, Value<'a>)> {
        let (number, kind) = self.tag()?;
        Some((number, self.value(number, kind, DEEPEST)?))
    }

    fn tag(&mut self) -> Option<(u32, u32)> {
        let tag = u32::try_from(self.varint()?).ok()?;
        let (number, kind) = (tag >> 3, tag & 7);
        (number > 0).then_some((number, kind))
    }

    fn value(&mut self, number: u32, kind: u32, depth: u32) -> Option<Value<'a>> {
        match kind {
            0 => self.varint().map(Value::Varint),
            1 => self.take(8).map(|_| Value::Other),
            2 => {
                let length = self.varint()?.try_into().ok()?;
                self.take(length).map(Value::Bytes)
            }
            3 => self.group(number, depth.checked_sub(1)?),
            5 => self.take(4).map(|_| Value::Other),
            _ => None,
        }
    }

    /// Skips the rest of a group, up to its end tag.
    fn group(&mut self, number: u32, depth: u32) -> Option<Value<'a>> {
        loop {
            match self.tag()? {
                (end, 4) => return (end == number).then_some(Value::Other),
                (inner, kind) => self.value(inner, kind, depth)?,
            };
        }
    }

    /// Reads a number of at most 64 bits, seven per byte, the lowest ones first.
    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let &[byte] = self.take(1)? else { return None };
            if shift == 63 && byte > 1 {
                return None;
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Option<(u32, Value<'a>)>;

    fn next(&mut self) -> Option<Self::Item> {
        (!self.0.is_empty()).then(|| self.field())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(message: &[u8]) -> Option<Vec<(u32, Value<'_>)>> {
        Fields::of(message).collect()
    }

    #[test]
    fn fields_of_every_kind() {
        let message = [
            &[0x08, 0x96, 0x01][..],                        // 1: 150
            &[0x11, 1, 2, 3, 4, 5, 6, 7, 8],                // 2: 64 bits
            &[0x1a, 2, b'h', b'i'],                         // 3: "hi"
            &[0x23, 0x08, 1, 0x2b, 0x12, 1, 0, 0x2c, 0x24], // 4: a group with a group
            &[0x35, 1, 2, 3, 4],                            // 6: 32 bits
            &[0xf8, 0xff, 0xff, 0xff, 0x0f, 0],             // the largest number of a field
        ];
        let message = message.concat();
        let fields = read(&message).expect("a message");
        assert_eq!(
            fields,
            [
                (1, Value::Varint(150)),
                (2, Value::Other),
                (3, Value::Bytes(b"hi")),
                (4, Value::Other),
                (6, Value::Other),
                ((1 << 29) - 1, Value::Varint(0)),
            ]
        );
        assert_eq!(read(&[]), Some(vec![]));
    }

    #[test]
    fn a_message_that_is_cut_is_malformed() {
        let messages: [&[u8]; 5] = [
            &[0x08, 0x96, 0x01],
            &[0x11, 1, 2, 3, 4, 5, 6, 7, 8],
            &[0x1a, 2, b'h', b'i'],
            &[0x23, 0x08, 1, 0x24],
            &[0x35, 1, 2, 3, 4],
        ];
        for message in messages {
            for cut in 1..message.len() {
                assert_eq!(read(&message[..cut]), None, "{:?}", &message[..cut]);
            }
        }
    }

    #[test]
    fn what_no_parser_takes_is_malformed() {
        let longest = [0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1];
        assert_eq!(read(&longest), Some(vec![(1, Value::Varint(u64::MAX))]));
        let malformed: [&[u8]; 9] = [
            &[0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2], // 65 bits
            &[0x08, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 0], // eleven bytes
            &[0x00, 0],                                              // the field 0
            &[0x0e, 0],                                              // a kind that is none
            &[0x0f, 0],
            &[0x0c],                                                 // the end of no group
            &[0x0b, 0x14],                                           // of another one
            &[0x80, 0x80, 0x80, 0x80, 0x10, 0],                      // a tag of 33 bits
            &[0x0a, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1], // longer than memory
        ];
        for message in malformed {
            assert_eq!(read(message), None, "{message:?}");
        }
    }

    #[test]
    fn groups_are_followed_to_a_depth() {
        let nested = |depth| [vec![0x0b; depth], vec![0x0c; depth]].concat();
        assert!(read(&nested(100)).is_some());
        assert_eq!(read(&nested(101)), None);
        assert_eq!(read(&nested(1_000_000)), None);
    }
}
