//! What the command-line tools share: a [`Report`] on stdout at the end, a [`Console`] on stderr meanwhile, [`files`] written whole or
//! not at all.

mod console;
pub mod files;
mod report;

pub use console::Console;
pub use report::Report;
