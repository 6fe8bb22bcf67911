//! The compile-time error for a name that a set does not declare.

use core::str::from_utf8;

/// Panics with the declared names. In a compile error the compiler shows nothing else.
// So that the compiler points at the name, not at this file.
#[track_caller]
pub(super) const fn refuse(name: &str, names: &[&str]) -> ! {
    let mut message = Message::new();
    message.push("no policy `");
    message.push(name);
    message.push("` is declared; the set declares ");
    let mut index = 0;
    while index < names.len() {
        message.push(if index > 0 { ", `" } else { "`" });
        message.push(names[index]);
        message.push("`");
        index += 1;
    }
    panic!("{}", message.text())
}

/// Panics for a function that takes a key which no file may say of its name.
#[track_caller]
pub(super) const fn refuse_untaken(name: &str, by: &str) -> ! {
    let mut message = Message::new();
    message.push("the set does not declare it for `");
    message.push(name);
    message.push("`; write `.");
    message.push(by);
    message.push("(&[\"");
    message.push(name);
    message.push("\"])` of the set");
    panic!("{}", message.text())
}

/// Panics for a function that leaves out a key which a file may say of its name.
#[track_caller]
pub(super) const fn refuse_unread(name: &str, key: &str, example: &str) -> ! {
    let mut message = Message::new();
    message.push("the set lets a file say `");
    message.push(key);
    message.push("` of `");
    message.push(name);
    message.push("`, and this function does not take it; write `");
    message.push(key);
    message.push(" = CONFIG.");
    message.push(key);
    message.push("(\"");
    message.push(name);
    message.push("\", ");
    message.push(example);
    message.push(")`");
    panic!("{}", message.text())
}

/// A text in a fixed buffer, without the parts that do not fit.
struct Message {
    bytes: [u8; 512],
    length: usize,
}

impl Message {
    const fn new() -> Self {
        Message {
            bytes: [0; 512],
            length: 0,
        }
    }

    const fn push(&mut self, text: &str) {
        let text = text.as_bytes();
        if text.len() > self.bytes.len() - self.length {
            return;
        }
        let mut index = 0;
        while index < text.len() {
            self.bytes[self.length] = text[index];
            self.length += 1;
            index += 1;
        }
    }

    const fn text(&self) -> &str {
        match from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => "no policy of this name is declared",
        }
    }
}
