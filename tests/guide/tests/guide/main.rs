//! The guide as a book: chapters, links, the first example, and the right-hand sides of its tables.

mod book;
mod features;
mod first_example;
mod lines_to_write;
mod migrating;
mod shown;
